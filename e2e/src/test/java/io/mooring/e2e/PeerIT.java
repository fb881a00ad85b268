package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A device in another language, written from PROTOCOL.md alone. */
class PeerIT {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void sendsTelemetryAndObeys() {
    Hub hub = stage.hub(Map.of());
    String token = hub.device("peer");
    ProcessBuilder node =
        new ProcessBuilder(
                List.of(
                    "node",
                    "device.mjs",
                    "--url",
                    "ws://127.0.0.1:" + hub.port() + "/device",
                    "--batches",
                    "5",
                    "--readings",
                    "20",
                    "--commands",
                    "1"))
            .directory(stage.installation().root().resolve("e2e/peers").toFile());
    node.environment().put("MOORING_TOKEN", token);
    Child peer = stage.other("peer", node);
    Api.Answer ping = hub.api().command("peer", "ping", Map.of(), "Prefer", "wait=30");

    assertThat(ping.text("state")).isEqualTo("succeeded");
    assertThat(ping.body().path("result").path("payload").path("pong").asBoolean()).isTrue();
    assertThat(peer.exitCode()).isZero();
    assertThat(
            hub.database()
                .column(
                    "SELECT metric || ' ' || type || ' ' || count(*) FROM reading"
                        + " WHERE device_id = 'peer' GROUP BY metric, type ORDER BY metric"))
        .containsExactly(
            "count integer 100",
            "note text 100",
            "on boolean 100",
            "pressure number 100",
            "raw bytes 100",
            "temperature number 100");
  }
}
