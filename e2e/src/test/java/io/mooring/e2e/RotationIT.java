package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.device.Device;
import io.mooring.device.Enrolment;
import io.mooring.device.TokenStore;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A device gets its first token by an enrolment key, and further ones inside its session. */
class RotationIT {
  private static final String DEVICE = "pump-7";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theTokenOnTheDiskIsValidWhateverIsKilled() throws IOException {
    Hub hub = stage.hub(Map.of());
    Path file = stage.folder().resolve("pump-7.token");
    TokenStore tokens = TokenStore.file(file);
    String address = "ws://127.0.0.1:" + hub.port();
    Api.Answer key =
        hub.api().post("/api/v1/enrolment-keys", Map.of("name", "line 4", "maxUses", 1));
    Enrolment.enrol(address, stage.secret(key.text("key")), DEVICE, tokens);

    // Left alone; with the hub killed when the next token is stored; and once it has been sent.
    for (String killedAt : List.of("", "stored", "handed-over")) {
      String before = stage.secret(tokens.load());
      try (Device device = device(address, tokens)) {
        patience().until(() -> device.state().isConnected());
        hub.api().post("/api/v1/rotations", Map.of("devices", List.of(DEVICE)));
        if (killedAt.equals("stored")) {
          patience().until(() -> !tokens.load().equals(before));
        } else if (killedAt.equals("handed-over")) {
          patience().until(() -> !state(hub).equals("asked"));
        }
        if (!killedAt.isEmpty()) {
          hub.kill();
          hub.restart();
        }
        patience().until(() -> state(hub).equals("done"));
        patience().until(() -> device.state().isConnected());
      }
      assertThat(stage.secret(tokens.load())).as("killed at %s", killedAt).isNotEqualTo(before);
      assertThat(refusal(hub, before)).as("the token before").isEqualTo(401);
      assertThat(refusal(hub, tokens.load())).as("the token now").isEqualTo(101);
    }
  }

  private static Device device(String address, TokenStore tokens) {
    return Device.builder(address, tokens)
        .backoff(Duration.ofMillis(100), Duration.ofSeconds(1))
        .start();
  }

  private static ConditionFactory patience() {
    return await().atMost(Duration.ofMinutes(1));
  }

  private static String state(Hub hub) {
    return hub.api().get("/api/v1/rotations").body().at("/items/0/state").asString("");
  }

  private static int refusal(Hub hub, String token) throws IOException {
    try (RawSocket socket = new RawSocket(hub.port(), "Bearer " + token, 0)) {
      return socket.status();
    }
  }
}
