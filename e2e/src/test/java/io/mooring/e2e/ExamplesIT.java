package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.device.RecordingDevice;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The integrator's examples, which must do what their guide says. */
class ExamplesIT {
  private static final String DEVICE = "pump-7";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void inPythonFollowsACommandAcrossAKilledHub() throws IOException {
    followsACommandAcrossAKilledHub("python3", "command.py");
  }

  @Test
  void inJavaScriptFollowsACommandAcrossAKilledHub() throws IOException {
    followsACommandAcrossAKilledHub("node", "command.mjs");
  }

  private void followsACommandAcrossAKilledHub(String program, String script) throws IOException {
    Hub hub = stage.hub(Map.of());
    String token = hub.device(DEVICE);
    Child example = start(hub, program, script, DEVICE, "record", "{\"n\":7}");
    example.await("queued", 1);
    hub.kill();
    hub.restart();
    Path file = stage.folder().resolve("executed.txt");
    stage.program(
        "device", RecordingDevice.class, hub.deviceVariables(token), file.toString(), "0");

    assertThat(example.exitCode()).as("%s", example.lines()).isZero();
    assertThat(example.lines())
        .filteredOn(line -> line.matches("[a-z]+"))
        .as("each event once, in order")
        .containsExactly("queued", "sent", "received", "succeeded");
    assertThat(Files.readAllLines(file)).containsExactly("{\"n\":7}");

    Child refused = start(hub, program, script, "nobody", "record", "{}");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(String.join("\n", refused.lines())).contains("refused: ", "not-found");
  }

  private Child start(Hub hub, String... command) {
    ProcessBuilder example =
        new ProcessBuilder(List.of(command))
            .directory(stage.installation().root().resolve("docs/examples").toFile());
    example.environment().putAll(hub.access());
    return stage.other(command[0] + "-" + command[2], example);
  }
}
