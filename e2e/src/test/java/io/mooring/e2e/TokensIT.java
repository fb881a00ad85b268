package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Installation;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who has no valid token stays outside, and no secret shows up in what the hub writes. */
class TokensIT {
  private static final String DEVICE = "guest";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void refusesWhatIsNotAValidTokenAndTellsNoSecret() throws IOException {
    // The most talkative hub there is: what it does not tell then, it never tells.
    Hub hub = stage.hub(Map.of("MOORING_LOG_LEVEL", "TRACE"));
    String token = hub.device(DEVICE);
    Api.Answer other = hub.api().token(DEVICE);
    String revoked = stage.secret(other.text("token"));
    hub.api().delete("/api/v1/devices/" + DEVICE + "/tokens/" + other.text("id"));
    String wrong = stage.secret(withSecret(token, "0".repeat(43)));
    String unknown = stage.secret(withId(token, "Unknown00001"));

    assertThat(refusal(hub, null)).as("no token").isEqualTo(401);
    assertThat(refusal(hub, wrong)).as("another secret").isEqualTo(401);
    assertThat(refusal(hub, unknown)).as("an id nobody has").isEqualTo(401);
    assertThat(refusal(hub, revoked)).as("revoked").isEqualTo(401);
    for (int length : new int[] {1, 20, 60, 65}) {
      assertThat(refusal(hub, token.substring(0, length)))
          .as("%d characters", length)
          .isEqualTo(401);
    }
    assertThat(refusal(hub, token)).as("the valid one").isEqualTo(101);
    assertThat(hub.process().count(".*A handshake from 127.0.0.1 is refused with 401: .*"))
        .isEqualTo(8);
    assertThat(hub.process().count(".*401: revoked.*" + other.text("id") + ".*")).isEqualTo(1);

    Map<String, String> settings = new HashMap<>();
    settings.put("MOORING_DATABASE_URL", hub.database().url());
    settings.put("MOORING_DATABASE_PASSWORD", hub.database().password());
    Installation.Outcome check = stage.cli("check", settings, "check-config");
    assertThat(check.code()).isZero();
    assertThat(check.out()).contains("database.password");
    tellsNoSecret(hub, check);
  }

  @Test
  void endsTheSessionOfARevokedToken() {
    Hub hub = stage.hub(Map.of());
    hub.device(DEVICE);
    Api.Answer token = hub.api().token(DEVICE);
    stage.secret(token.text("token"));
    Sending sending =
        Sending.start(stage, hub, DEVICE, DEVICE, token.text("token"), 20, 0).awaitConnected();
    sending.awaitMore(1);

    hub.api().delete("/api/v1/devices/" + DEVICE + "/tokens/" + token.text("id"));

    await("the session ends")
        .atMost(Duration.ofSeconds(30))
        .until(() -> sending.process().count("state REFUSED .*") == 1);
    await("the hub knows why")
        .untilAsserted(
            () -> {
              assertThat(hub.api().presence(DEVICE).path("closeCode").asInt()).isEqualTo(4400);
              assertThat(hub.api().presence(DEVICE).path("state").asString(""))
                  .isEqualTo("offline");
            });
  }

  private static int refusal(Hub hub, @Nullable String token) throws IOException {
    try (RawSocket socket =
        new RawSocket(hub.port(), token == null ? null : "Bearer " + token, 0)) {
      return socket.status();
    }
  }

  /** Neither whole nor as the bare secret: the id alone may be told. */
  private void tellsNoSecret(Hub hub, Installation.Outcome check) {
    Map<String, String> written = new HashMap<>();
    written.put("metrics", hub.api().text("/metrics"));
    for (String path : new String[] {"/api/v1/audit", "/api/v1/devices/guest/tokens"}) {
      Api.Answer answer = hub.api().get(path);
      assertThat(answer.status()).as(path).isEqualTo(200);
      written.put(path, answer.body().toString());
    }
    stage.output().forEach((file, text) -> written.put(file.toString(), text));
    written.put("check-config", check.out() + check.err());
    assertThat(stage.secrets()).hasSize(6);
    assertThat(written).hasSizeGreaterThan(5);
    for (String secret : stage.secrets()) {
      String part = Stage.recognizable(secret);
      assertThat(part).hasSize(20);
      written.forEach((file, text) -> assertThat(text).as(file).doesNotContain(part));
    }
  }

  private static String withId(String token, String id) {
    return sealed(token.substring(0, 4) + id + token.substring(16, 60));
  }

  private static String withSecret(String token, String secret) {
    return sealed(token.substring(0, 17) + secret);
  }

  /** With its checksum, P-09. */
  private static String sealed(String text) {
    String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    StringBuilder checksum = new StringBuilder();
    long rest = crc.getValue();
    for (int i = 0; i < 6; i++) {
      checksum.insert(0, digits.charAt((int) (rest % 62)));
      rest /= 62;
    }
    return text + checksum;
  }
}
