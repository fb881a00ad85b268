package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.hub.cluster.InProcessBus;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.HubFrame;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two hubs on one database, and a bus that works. */
class ClusterTest {
  private static final String COMMANDS = "/api/v1/devices/pump-7/commands";

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final InProcessBus bus = new InProcessBus();
  private Nodes nodes;
  private Nodes.Node a;
  private Nodes.Node b;
  private String token;

  @BeforeEach
  void start() {
    nodes = new Nodes(DATABASE, bus, Duration.ofSeconds(5));
    token = nodes.device("pump-7");
    a = nodes.start("a");
    b = nodes.start("b");
  }

  @AfterEach
  void stop() {
    nodes.close();
    bus.close();
  }

  @Test
  void aCommandReachesTheNodeThatHasTheDeviceAndItsEndWhoeverWaits() {
    try (RawDevice device = b.open(token)) {
      CompletableFuture<JsonNode> answer =
          CompletableFuture.supplyAsync(
              () -> a.api().post(COMMANDS, Map.of("name", "sing"), Map.of("Prefer", "wait=20")));
      ByteString id = device.next(HubFrame.BodyCase.COMMAND).getCommand().getId();
      device.succeed(id, "la");
      assertThat(answer.join().get("state").asString()).isEqualTo("succeeded");
    }
  }

  @Test
  void commandsAcceptedHereAndThereGoOutInTheOrderOfTheirAcceptance() {
    try (RawDevice device = b.open(token)) {
      for (int i = 0; i < 12; i++) {
        var node = i % 2 == 0 ? a : b;
        node.api().post(COMMANDS, Map.of("name", "c" + i), Map.of());
      }
      for (int i = 0; i < 12; i++) {
        var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
        assertThat(command.getName()).isEqualTo("c" + i);
        device.succeed(command.getId(), "");
      }
    }
  }

  @Test
  void theSameKeyOnAnotherNodeFindsTheSameCommand() {
    Map<String, String> key = Map.of("Idempotency-Key", "k1");
    JsonNode first = a.api().post(COMMANDS, Map.of("name", "sing"), key);
    JsonNode second = b.api().post(COMMANDS, Map.of("name", "sing"), key);
    assertThat(second.get("id")).isEqualTo(first.get("id"));
  }

  /** Only the node that has the device knows what it has sent. */
  @Test
  void aCommandIsCancelledByTheNodeThatHasTheDevice() {
    try (RawDevice device = b.open(token)) {
      JsonNode sent = a.api().post(COMMANDS, Map.of("name", "first"), Map.of());
      var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
      device.received(command.getId());
      await().until(() -> sql.number("SELECT count(*) FROM command WHERE state = 'received'") == 1);
      String path = COMMANDS + "/" + sent.get("id").asString();
      assertThatThrownBy(() -> a.api().post(path + "/cancel", Map.of(), Map.of()))
          .hasMessageContaining("cannot be taken back");
      for (int i = 0; i < 39; i++) {
        a.api().post(COMMANDS, Map.of("name", "c" + i), Map.of());
      }
      JsonNode last = a.api().post(COMMANDS, Map.of("name", "last"), Map.of());
      String ofLast = COMMANDS + "/" + last.get("id").asString();
      assertThat(a.api().post(ofLast + "/cancel", Map.of(), Map.of()).get("state").asString())
          .isEqualTo("cancelled");
      a.api().post(COMMANDS, Map.of("name", "after"), Map.of());
      device.succeed(command.getId(), "");
      String name = "";
      while (!name.equals("after")) {
        var next = device.next(HubFrame.BodyCase.COMMAND).getCommand();
        name = next.getName();
        assertThat(name).isNotEqualTo("last");
        device.succeed(next.getId(), "");
      }
      await()
          .until(() -> sql.number("SELECT count(*) FROM command WHERE state = 'succeeded'") == 41);
    }
    await().until(() -> sql.text("SELECT state FROM presence").equals("offline"));
    JsonNode waiting = a.api().post(COMMANDS, Map.of("name", "second"), Map.of());
    String path = COMMANDS + "/" + waiting.get("id").asString();
    assertThat(b.api().post(path + "/cancel", Map.of(), Map.of()).get("state").asString())
        .isEqualTo("cancelled");
  }

  @Test
  void aDeviceThatComesToAnotherNodeEndsItsSessionOnTheFirst() {
    try (RawDevice older = a.open(token);
        RawDevice newer = b.open(token)) {
      assertThat(older.awaitClose().code()).isEqualTo(4206);
      a.api().post(COMMANDS, Map.of("name", "sing"), Map.of());
      assertThat(newer.next(HubFrame.BodyCase.COMMAND).getCommand().getName()).isEqualTo("sing");
      assertThat(sql.text("SELECT state || ' ' || node FROM presence")).isEqualTo("online b");
    }
  }

  @Test
  void aTokenThatIsRevokedAndADeviceThatIsDisabledElsewhereEndTheSession() {
    try (RawDevice device = b.open(token)) {
      a.api().patch("/api/v1/devices/pump-7", Map.of("enabled", false));
      assertThat(device.awaitClose().code()).isEqualTo(4401);
    }
    a.api().patch("/api/v1/devices/pump-7", Map.of("enabled", true));
    try (RawDevice device = b.open(token)) {
      String id = token.substring(4, 16);
      a.api().delete("/api/v1/devices/pump-7/tokens/" + id);
      assertThat(device.awaitClose().code()).isEqualTo(4400);
    }
  }

  /** What others end is counted until the table is asked, which counts all of one request. */
  @Test
  void aQueueThatOthersHaveEmptiedTakesSoManyAndNoMore() throws Exception {
    assertThat(bulk(900)).isEqualTo(900);
    DATABASE.execute("UPDATE command SET state = 'cancelled'");
    assertThat(bulk(1_000)).isEqualTo(1_000);
    assertThat(bulk(150)).isZero();
    assertThat(sql.number("SELECT count(*) FROM command WHERE state = 'queued'")).isEqualTo(1_000);
  }

  /** Asks for so many commands at once; returns how many were accepted. */
  private long bulk(int count) throws IOException, InterruptedException {
    String line = "{\"device\":\"pump-7\",\"name\":\"sing\"}\n";
    HttpRequest request =
        HttpRequest.newBuilder(a.hub().uri().resolve("/api/v1/commands"))
            .header("Authorization", "Bearer " + nodes.key())
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(line.repeat(count)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return Pattern.compile("\"status\":202").matcher(answer).results().count();
    }
  }

  @Test
  void theSecondOfOneNameIsRefused() {
    assertThatThrownBy(() -> nodes.start("b"))
        .hasMessageContaining("Another hub is called b")
        .hasMessageContaining("node.name");
  }

  @Test
  void aNodeThatIsDrainedSendsItsDevicesAwayAndTakesNoneUntilItIsResumed() {
    try (RawDevice device = b.open(token)) {
      JsonNode view = a.api().post("/api/v1/nodes/b/drain", Map.of(), Map.of());
      assertThat(view.get("state").asString()).isEqualTo("draining");
      assertThat(device.awaitClose().code()).isEqualTo(4000);
    }
    assertThatThrownBy(() -> b.open(token)).hasMessageContaining("503");
    assertThatThrownBy(() -> a.api().post("/api/v1/nodes/a/drain", Map.of(), Map.of()))
        .hasMessageContaining("No other hub takes devices now");
    a.api().post("/api/v1/nodes/b/resume", Map.of(), Map.of());
    await().ignoreExceptions().untilAsserted(() -> b.open(token).close());
    List<String> states = a.api().get("/api/v1/nodes").get("items").findValuesAsString("state");
    assertThat(states).containsExactly("up", "up");
    assertThat(
            sql.lines("SELECT action || ' ' || target FROM audit WHERE action LIKE 'node.%'")
                .lines())
        .containsExactly("node.drain nodes/b", "node.resume nodes/b");
  }
}
