package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.device.RecordingDevice;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands wait for their device, arrive in order and are carried out once. */
class CommandsIT {
  private static final String DEVICE = "recorder";
  private static final int COMMANDS = 40;

  /** Long enough that a hub can be killed while commands are under way. */
  private static final int MILLIS_EACH = 50;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void waitForTheirDeviceAcrossKilledHubs() throws IOException {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    String token = hub.device(DEVICE);
    List<String> ids = new ArrayList<>();
    for (int n = 1; n <= COMMANDS / 2; n++) {
      ids.add(queue(hub.api(), n));
    }
    hub.kill();
    hub.restart();
    for (int n = COMMANDS / 2 + 1; n <= COMMANDS; n++) {
      ids.add(queue(hub.api(), n));
    }

    Path file = stage.folder().resolve("executed.txt");
    Child device = start(hub, token, file);
    device.await("executed .*", 1 + random.nextInt(COMMANDS / 2));
    hub.kill();
    hub.restart();
    awaitStates(hub, "succeeded", COMMANDS);

    List<String> wanted = new ArrayList<>();
    for (int n = 1; n <= COMMANDS; n++) {
      wanted.add("{\"n\":" + n + "}");
      Api.Answer command = hub.api().get(path(ids.get(n - 1)));
      assertThat(command.text("state")).isEqualTo("succeeded");
      assertThat(command.body().path("result").path("payload").path("n").asInt()).isEqualTo(n);
    }
    assertThat(Files.readAllLines(file)).as("in order, once each").isEqualTo(wanted);
  }

  @Test
  void areSentAgainAfterAKilledPostgres() throws IOException {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    Path file = stage.folder().resolve("executed.txt");
    Child device = start(hub, hub.device(DEVICE), file);
    device.await("state CONNECTED.*", 1);
    for (int n = 1; n <= COMMANDS; n++) {
      queue(hub.api(), n);
    }
    device.await("executed .*", 1 + random.nextInt(COMMANDS / 2));
    stage.postgres().kill();
    stage.postgres().awaitRecovery();
    awaitStates(hub, "succeeded", COMMANDS);
    List<String> wanted = new ArrayList<>();
    for (int n = 1; n <= COMMANDS; n++) {
      wanted.add("{\"n\":" + n + "}");
    }
    assertThat(Files.readAllLines(file)).as("in order, once each").isEqualTo(wanted);
  }

  @Test
  void answerTheCallerWhoWaitsAndKnowTheirKey() throws IOException {
    Hub hub = stage.hub(Map.of());
    Path file = stage.folder().resolve("executed.txt");
    Child device = start(hub, hub.device(DEVICE), file);
    device.await("state CONNECTED.*", 1);
    String[] headers = {"Prefer", "wait=20", "Idempotency-Key", "order-17"};

    Api.Answer first = hub.api().command(DEVICE, "record", Map.of("n", 7), headers);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text("state")).isEqualTo("succeeded");
    assertThat(first.body().path("result").path("payload").path("n").asInt()).isEqualTo(7);

    Api.Answer again = hub.api().command(DEVICE, "record", Map.of("n", 7), headers);
    assertThat(again.text("id")).isEqualTo(first.text("id"));
    Api.Answer other = hub.api().command(DEVICE, "record", Map.of("n", 8), headers);
    assertThat(other.status()).isEqualTo(422);
    assertThat(Files.readAllLines(file)).containsExactly("{\"n\":7}");

    Api.Answer unknown = hub.api().command(DEVICE, "dance", Map.of(), "Prefer", "wait=20");
    assertThat(unknown.text("state")).isEqualTo("rejected");
    assertThat(unknown.body().path("result").path("message").asString("")).contains("record");
  }

  private Child start(Hub hub, String token, Path file) {
    return stage.program(
        DEVICE,
        RecordingDevice.class,
        hub.deviceVariables(token),
        file.toString(),
        Integer.toString(MILLIS_EACH));
  }

  private static String queue(Api api, int n) {
    Api.Answer queued = api.command(DEVICE, "record", Map.of("n", n));
    assertThat(queued.status()).isEqualTo(202);
    return queued.text("id");
  }

  private static String path(String command) {
    return "/api/v1/devices/" + DEVICE + "/commands/" + command;
  }

  private static void awaitStates(Hub hub, String state, int count) {
    await(count + " commands " + state)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () ->
                assertThat(
                        hub.database()
                            .column("SELECT count(*) FROM command WHERE state = ?", state))
                    .containsExactly(Integer.toString(count)));
  }
}
