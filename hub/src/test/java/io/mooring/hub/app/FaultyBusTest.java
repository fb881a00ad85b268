package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.cluster.InProcessBus;
import io.mooring.hub.testing.FaultyBus;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.HubFrame;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three hubs, and a bus that loses three messages of ten, repeats two, and is late with two:
 * devices go from node to node, commands come from anywhere, and everything happens once and in its
 * order.
 */
class FaultyBusTest {
  private static final int DEVICES = 4;
  private static final int MOVES = 3;
  private static final int COMMANDS = 5;

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final Executor threads = task -> Thread.ofVirtual().start(task);

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void nothingDependsOnAMessage(long seed) {
    FaultyBus bus = new FaultyBus(new InProcessBus(), seed);
    List<Long> seen = new CopyOnWriteArrayList<>();
    try (Nodes nodes = new Nodes(DATABASE, bus, Duration.ofSeconds(10))) {
      List<Nodes.Node> all = Stream.of("a", "b", "c").map(nodes::start).toList();
      try (HttpClient client = HttpClient.newHttpClient()) {
        CompletableFuture<Void> feed = follow(client, all.get(2), nodes.key(), seen);
        CompletableFuture<?>[] lives =
            IntStream.range(0, DEVICES)
                .mapToObj(
                    i -> {
                      String id = "d" + i;
                      String token = nodes.device(id);
                      Random random = new Random(seed * 100 + i);
                      return CompletableFuture.runAsync(
                          () -> live(all, id, token, random), threads);
                    })
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(lives).orTimeout(2, TimeUnit.MINUTES).join();
        await()
            .untilAsserted(
                () -> assertThat(seen).isEqualTo(sql.numbers("SELECT id FROM event ORDER BY id")));
        feed.cancel(true);
        client.shutdownNow();
      }
    }
    assertThat(bus.lost()).as("messages lost").isPositive();
    assertThat(
            sql.number("SELECT count(*) FROM command WHERE state <> 'succeeded' OR attempts <> 1"))
        .isZero();
    assertThat(sql.number("SELECT count(*) FROM command")).isEqualTo(DEVICES * MOVES * COMMANDS);
    bus.close();
  }

  /** Its commands reach it in the order of their acceptance, each once, wherever it is. */
  private static void live(List<Nodes.Node> nodes, String id, String token, Random random) {
    String path = "/api/v1/devices/" + id + "/commands";
    RawDevice device = null;
    for (int move = 0; move < MOVES; move++) {
      RawDevice before = device;
      device = nodes.get(random.nextInt(nodes.size())).open(token);
      if (before != null) {
        // Its own end is heard of within the roll call at the latest.
        assertThat(before.awaitClose().code()).isEqualTo(4206);
      }
      for (int i = 0; i < COMMANDS; i++) {
        Map<String, ?> command = Map.of("name", "m" + move + "c" + i);
        Nodes.Node node = nodes.get(random.nextInt(nodes.size()));
        node.api().post(path, command, Map.of());
      }
      for (int i = 0; i < COMMANDS; i++) {
        var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
        assertThat(command.getName()).isEqualTo("m" + move + "c" + i);
        device.succeed(command.getId(), "");
        device.next(HubFrame.BodyCase.COMMAND_RESULT_ACK);
      }
    }
    if (device != null) {
      device.close();
    }
  }

  private CompletableFuture<Void> follow(
      HttpClient client, Nodes.Node node, String key, List<Long> seen) {
    HttpRequest request =
        HttpRequest.newBuilder(node.hub().uri().resolve("/api/v1/events"))
            .header("Authorization", "Bearer " + key)
            .build();
    return CompletableFuture.runAsync(
        () -> {
          HttpResponse<Stream<String>> answer =
              client.sendAsync(request, HttpResponse.BodyHandlers.ofLines()).join();
          answer
              .body()
              .filter(line -> line.startsWith("id:"))
              .forEach(line -> seen.add(Long.valueOf(line.substring(3).strip())));
        },
        threads);
  }
}
