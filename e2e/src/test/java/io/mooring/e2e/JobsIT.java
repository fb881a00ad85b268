package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.device.RecordingFleet;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Feed;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * One command to many devices, while the hub and PostgreSQL are killed; and the event feed that
 * tells of it, over all these breaks.
 */
@Tag("alone")
class JobsIT {
  private static final int DEVICES = 60;
  private static final int MILLIS_EACH = 100;

  /** Of each kind of fault, at a moment chosen by chance among the devices that have executed. */
  private static final int FAULTS = 2;

  private static final Map<String, ?> JOB =
      Map.of(
          "command",
          Map.of("name", "record", "payload", Map.of("n", 7)),
          "target",
          Map.of("tags", Map.of("hall", "3")),
          "rollout",
          Map.of("waveSize", 25, "maxInFlight", 5));

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void reachesEachDeviceOnceAcrossKilledHubsAndPostgres() throws IOException {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    Feed feed = hub.feed();
    Path file = stage.folder().resolve("executed.txt");
    Child fleet = fleet(hub, file);
    fleet.await("state CONNECTED.*", DEVICES);
    String[] key = {"Idempotency-Key", "nightly"};
    Api.Answer created = hub.api().post("/api/v1/jobs", JOB, key);
    assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
    String job = "/api/v1/jobs/" + created.text("id");

    int part = DEVICES / (2 * FAULTS);
    for (int fault = 0; fault < 2 * FAULTS; fault++) {
      fleet.await("executed .*", fault * part + 1 + random.nextInt(part - 1));
      if (fault % 2 == 0) {
        hub.kill();
        hub.restart();
      } else {
        stage.postgres().kill();
        stage.postgres().awaitRecovery();
      }
    }
    await("the same request is answered")
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              Api.Answer again = hub.api().post("/api/v1/jobs", JOB, key);
              assertThat(again.status()).as("%s", again.body()).isIn(200, 503);
              assertThat(again.text("id")).isIn(created.text("id"), "");
              return again.status() == 200;
            });
    await("the job ends")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> counted(hub.api().get(job)).text("state").equals("completed"));

    List<String> wanted = new ArrayList<>();
    for (int n = 1; n <= DEVICES; n++) {
      wanted.add(device(n) + " {\"n\":7}");
    }
    assertThat(Files.readAllLines(file))
        .as("once each")
        .containsExactlyInAnyOrderElementsOf(wanted);
    JsonNode counts = hub.api().get(job).body().path("counts");
    assertThat(counts.path("succeeded").asInt()).isEqualTo(DEVICES);
    assertThat(items(hub, job + "/devices?limit=1000&state=succeeded")).isEqualTo(DEVICES);
    assertThat(hub.database().column("SELECT count(*) FROM command"))
        .containsExactly(Integer.toString(DEVICES));
    fleet.kill();
    assertThatAllWasTold(hub, feed);
  }

  /** Every event once and in order, as the table has them, though the hub died under the feed. */
  private static void assertThatAllWasTold(Hub hub, Feed feed) {
    await("the devices are offline")
        .atMost(Duration.ofMinutes(1))
        .until(() -> items(hub, "/api/v1/devices?limit=1000&state=offline") == DEVICES);
    List<String> stored = hub.database().column("SELECT id FROM event ORDER BY id");
    await("the feed is at its end")
        .atMost(Duration.ofMinutes(1))
        .until(() -> feed.events().size() >= stored.size());
    // Closing the stream would count as one.
    int breaks = feed.breaks();
    feed.close();
    List<String> told = feed.events().stream().map(event -> event.path("id").asString()).toList();
    assertThat(told).containsExactlyElementsOf(stored);
    assertThat(breaks).isGreaterThanOrEqualTo(FAULTS);
  }

  private static int items(Hub hub, String list) {
    return hub.api().get(list).body().path("items").size();
  }

  /** Whenever one asks, the counts add up. */
  private static Api.Answer counted(Api.Answer job) {
    if (job.status() == 200) {
      int sum = 0;
      for (Map.Entry<String, JsonNode> count : job.body().path("counts").properties()) {
        sum += count.getKey().equals("total") ? 0 : count.getValue().asInt();
      }
      assertThat(sum).isEqualTo(DEVICES);
      assertThat(job.body().path("counts").path("total").asInt()).isEqualTo(DEVICES);
    }
    return job;
  }

  private Child fleet(Hub hub, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int n = 1; n <= DEVICES; n++) {
      Map<String, ?> device = Map.of("id", device(n), "tags", Map.of("hall", "3"));
      assertThat(hub.api().post("/api/v1/devices", device).status()).isEqualTo(201);
      lines.add(device(n) + " " + stage.secret(hub.api().token(device(n)).text("token")));
    }
    Path tokens = Files.write(stage.folder().resolve("tokens.txt"), lines);
    return stage.program(
        "fleet",
        RecordingFleet.class,
        hub.deviceVariables(""),
        tokens.toString(),
        file.toString(),
        Integer.toString(MILLIS_EACH));
  }

  private static String device(int n) {
    return "device-" + n;
  }
}
