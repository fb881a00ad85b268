package io.mooring.device.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.session.Verdict.Action;
import io.mooring.device.internal.transport.Ending;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1000 |                                    | BACK_OFF  |
          1001 | going away                         | BACK_OFF  |
          1006 |                                    | BACK_OFF  |
          1011 | internal                           | BACK_OFF  |
          3999 |                                    | BACK_OFF  |
          4000 | draining; retry-ms=1500; slot 3    | RECONNECT | 1500
          4000 | draining                           | RECONNECT |
          4199 | of a later hub                     | RECONNECT |
          4200 | unavailable; retry-ms=30000        | BACK_OFF  | 30000
          4201 | hello-timeout                      | BACK_OFF  |
          4202 | heartbeat-timeout                  | BACK_OFF  |
          4203 | slow-reader                        | BACK_OFF  |
          4204 | rate-limited;retry-ms=5            | BACK_OFF  | 5
          4205 | internal-error                     | BACK_OFF  |
          4206 | replaced                           | BACK_OFF  | 10000
          4206 | replaced; retry-ms=500             | BACK_OFF  | 10000
          4206 | replaced; retry-ms=60000           | BACK_OFF  | 60000
          4207 | malformed                          | BACK_OFF  |
          4208 | out-of-order                       | BACK_OFF  |
          4209 | frame-too-large                    | BACK_OFF  |
          4210 | unsupported                        | BACK_OFF  |
          4211 | limit-exceeded                     | BACK_OFF  |
          4399 | of a later hub                     | BACK_OFF  |
          4400 | token-revoked                      | STAY_AWAY |
          4401 | device-disabled; retry-ms=7200000  | STAY_AWAY | 7200000
          4599 | of a later hub                     | STAY_AWAY |
          4600 |                                    | BACK_OFF  |
          4000 | draining; retry-ms=-4              | RECONNECT |
          4000 | draining; retry-ms=soon            | RECONNECT |
          4000 | draining; text; retry-ms=9         | RECONNECT | 9
          4200 | x; retry-ms=9223372036854775807    | BACK_OFF  | 86400000
          """)
  void aCloseCodeDecidesByItsRange(
      int code, @Nullable String reason, Action action, @Nullable Long leastMs) {
    String text = reason == null ? "" : reason;
    assertVerdict(Verdict.of(new Ending.Closed(code, text)), action, leastMs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 |                               | STAY_AWAY |
          403 |                               | STAY_AWAY |
          426 |                               | STAY_AWAY |
          429 | 7                             | BACK_OFF  | 7000
          503 | 120                           | BACK_OFF  | 120000
          503 | Wed, 21 Oct 2026 07:28:00 GMT | BACK_OFF  |
          503 | 9223372036854775807           | BACK_OFF  | 86400000
          404 |                               | BACK_OFF  |
          500 |                               | BACK_OFF  |
          302 |                               | BACK_OFF  |
          """)
  void aRefusedHandshakeDecidesByItsStatus(
      int status, @Nullable String retryAfter, Action action, @Nullable Long leastMs) {
    assertVerdict(Verdict.of(new Ending.Refused(status, retryAfter, "")), action, leastMs);
  }

  @Test
  void whateverElseFailsIsTriedAgain() {
    Verdict verdict = Verdict.of(new Ending.Failed("no such host"));
    assertVerdict(verdict, Action.BACK_OFF, null);
    assertThat(verdict.reason()).isEqualTo("no such host");
  }

  private static void assertVerdict(Verdict verdict, Action action, @Nullable Long leastMs) {
    assertThat(verdict.action()).isEqualTo(action);
    assertThat(verdict.least()).isEqualTo(leastMs == null ? null : Duration.ofMillis(leastMs));
  }
}
