package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.device.WitnessDevice;
import io.mooring.e2e.device.Work;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A device's process that is killed while a handler runs: nobody can know how far that came, so the
 * next process says so and does not call it again, unless the program said that it may.
 */
class InterruptedHandlerIT {
  private static final String DEVICE = "valve";

  /** Longer than any test waits: this run of the handler never ends by itself. */
  private static final int FOR_EVER = 3_600_000;

  /** Long enough that the process is killed before the handler is through. */
  private static final int A_WHILE = 5_000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension final Stage stage = new Stage();
  private Hub hub;
  private String token;
  private Path testimony;

  @BeforeEach
  void startHub() {
    hub = stage.hub(Map.of());
    token = hub.device(DEVICE);
    testimony = stage.folder().resolve("testimony.txt");
  }

  @Test
  void isReportedAsInterruptedAndNotCalledAgain() throws IOException {
    Child device = device("first");
    String cut = queue(Work.SUCCEED, FOR_EVER);
    awaitRuns(cut, "begin", 1);
    String behind = queue(Work.SUCCEED, 0);
    device.kill();
    assertThat(command(cut).text("state"))
        .as("nobody knows yet")
        .isIn("sent", "received", "queued");

    Child second = device("second");
    awaitState(behind, "succeeded");
    Api.Answer interrupted = command(cut);
    assertThat(interrupted.text("state")).isEqualTo("failed");
    assertThat(interrupted.body().path("result").path("payload").path("cause").asString(""))
        .isEqualTo("interrupted");
    assertThat(interrupted.body().path("result").path("message").asString(""))
        .startsWith("interrupted: ")
        .contains(Work.SUCCEED.command());
    assertThat(runs(cut)).containsExactly("begin");
    assertThat(runs(behind)).containsExactly("begin", "end");

    second.kill();
    device("third");
    awaitState(queue(Work.SUCCEED, 0), "succeeded");
    assertThat(runs(cut)).as("nor by any process after it").containsExactly("begin");
  }

  @Test
  void isCalledAgainWhenTheProgramSaysThatItMayBe() throws IOException {
    Child device = device("first");
    String cut = queue(Work.REPEAT, A_WHILE);
    awaitRuns(cut, "begin", 1);
    String behind = queue(Work.SUCCEED, 0);
    device.kill();

    device("second");
    awaitState(behind, "succeeded");
    assertThat(command(cut).text("state")).isEqualTo("succeeded");
    assertThat(runs(cut)).containsExactly("begin", "begin", "end");
    List<String> all = Files.readAllLines(testimony);
    assertThat(all.indexOf(line(all, "end", cut)))
        .as("in order")
        .isLessThan(all.indexOf(line(all, "begin", behind)));
  }

  private Child device(String called) {
    return stage.program(
        called,
        WitnessDevice.class,
        hub.deviceVariables(token),
        stage.folder().resolve("store").toString(),
        testimony.toString());
  }

  private String queue(Work work, int millis) {
    Api.Answer queued =
        hub.api()
            .post(
                "/api/v1/devices/" + DEVICE + "/commands",
                Map.of("name", work.command(), "payload", millis));
    assertThat(queued.status()).isEqualTo(202);
    return queued.text("id");
  }

  private Api.Answer command(String id) {
    return hub.api().get("/api/v1/devices/" + DEVICE + "/commands/" + id);
  }

  private void awaitState(String id, String state) {
    await(state)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> command(id).text("state").equals(state));
  }

  private void awaitRuns(String id, String step, int times) {
    await(step + " " + id)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> runs(id).stream().filter(step::equals).count() == times);
  }

  /** What the handler has done with a command, by all processes together: begin or end. */
  private List<String> runs(String id) throws IOException {
    if (!Files.exists(testimony)) {
      return List.of();
    }
    return Files.readAllLines(testimony).stream()
        .map(line -> line.split(" "))
        .filter(words -> words.length > 1 && words[1].equals(id))
        .map(words -> words[0])
        .toList();
  }

  private static String line(List<String> all, String step, String id) {
    return all.stream().filter(line -> line.startsWith(step + " " + id)).findFirst().orElseThrow();
  }
}
