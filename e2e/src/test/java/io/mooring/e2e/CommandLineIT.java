package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.device.RecordingDevice;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Installation.Outcome;
import io.mooring.e2e.harness.Stage;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line against a running hub, as docs/OPERATIONS.md shows it. */
class CommandLineIT {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void registersADeviceAndCommandsIt() {
    Hub hub = stage.hub(Map.of());
    Map<String, String> access = new HashMap<>(hub.access());
    Outcome key =
        stage.cli(
            "key-create",
            access,
            "key",
            "create",
            "--name",
            "ops",
            "--scope",
            "devices:write,devices:read,commands:send");
    assertThat(key.code()).as(key.err()).isZero();
    assertThat(key.out()).matches("mrk_\\w+\\R");
    access.put("MOORING_KEY", key.out().strip());

    Outcome device = stage.cli("device-create", access, "device", "create", "pump-7");
    assertThat(device.code()).as(device.err()).isZero();
    Outcome twice = stage.cli("device-create-again", access, "device", "create", "pump-7");
    assertThat(twice.code()).isEqualTo(1);
    assertThat(twice.err()).contains("pump-7");
    assertThat(stage.cli("device-list", access, "device", "list").out()).contains("pump-7");

    Outcome token = stage.cli("token-create", access, "token", "create", "pump-7");
    assertThat(token.code()).as(token.err()).isZero();
    assertThat(token.out()).as("the token alone").matches("mrd_\\w{62}\\R");
    Child program =
        stage.program(
            "pump-7",
            RecordingDevice.class,
            hub.deviceVariables(token.out().strip()),
            stage.folder().resolve("executed.txt").toString(),
            "0");
    program.await("state CONNECTED.*", 1);
    Outcome sent =
        stage.cli(
            "command-send",
            access,
            "command",
            "send",
            "pump-7",
            "record",
            "--payload",
            "{\"n\":1}",
            "--wait",
            "20");
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(sent.out()).contains("record to pump-7: succeeded").contains("\"n\"");

    String id = token.out().substring(4, 16);
    Outcome revoked = stage.cli("token-revoke", access, "token", "revoke", "pump-7", id);
    assertThat(revoked.code()).as(revoked.err()).isZero();
    program.await("state REFUSED .*", 1);
    Outcome help = stage.cli("help", Map.of(), "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("serve", "demo", "device", "token", "key", "command");
  }

  @Test
  void managesUsers() {
    Hub hub = stage.hub(Map.of());
    Outcome user =
        stage.cli("user-create", hub.access(), "user", "create", "eve", "--role", "viewer");
    assertThat(user.code()).as(user.err()).isZero();
    assertThat(user.out()).as("the one-time password alone").matches("\\w{24}\\R");
    stage.secret(user.out().strip());
    assertThat(stage.cli("user-disable", hub.access(), "user", "disable", "eve").code()).isZero();
    assertThat(stage.cli("user-list", hub.access(), "user", "list").out())
        .containsPattern("admin +admin +enabled")
        .containsPattern("eve +viewer +disabled");
  }
}
