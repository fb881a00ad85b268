package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SigningSecretTest {
  /** The vector that the libraries of Standard Webhooks test themselves by. */
  @Test
  void signsAsStandardWebhooksDoes() {
    SigningSecret secret = SigningSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    assertThat(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void isShownWholeOrNotAtAll() {
    SigningSecret secret = SigningSecret.random(new Random(7));

    assertThat(secret.key()).hasSize(32);
    assertThat(SigningSecret.parse(secret.reveal()).key()).isEqualTo(secret.key());
    assertThat(secret.toString()).isEqualTo("whsec_***");
  }

  @Test
  void theFormerOneSignsTooUntilItsTimeIsUp() {
    SigningSecret current = SigningSecret.random(new Random(1));
    SigningSecret previous = SigningSecret.random(new Random(2));
    Instant until = Instant.ofEpochSecond(2_000);
    var secrets = new Webhook.Secrets(current, previous, until);
    byte[] body = {1, 2, 3};

    Instant before = until.minusSeconds(1);
    assertThat(secrets.sign("msg", before, body))
        .isEqualTo(current.sign("msg", 1_999, body) + " " + previous.sign("msg", 1_999, body));
    assertThat(secrets.sign("msg", until, body)).isEqualTo(current.sign("msg", 2_000, body));
  }
}
