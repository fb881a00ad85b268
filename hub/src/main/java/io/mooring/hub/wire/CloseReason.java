package io.mooring.hub.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Why the hub ends a session: the close codes of PROTOCOL.md, all of them. */
public enum CloseReason {
  DRAINING(4000, "draining"),
  NEXT_TOKEN(4001, "next-token"),
  UNAVAILABLE(4200, "unavailable"),
  HELLO_TIMEOUT(4201, "hello-timeout"),
  HEARTBEAT_TIMEOUT(4202, "heartbeat-timeout"),
  SLOW_READER(4203, "slow-reader"),
  RATE_LIMITED(4204, "rate-limited"),
  INTERNAL_ERROR(4205, "internal-error"),
  REPLACED(4206, "replaced"),
  MALFORMED(4207, "malformed"),
  OUT_OF_ORDER(4208, "out-of-order"),
  FRAME_TOO_LARGE(4209, "frame-too-large"),
  UNSUPPORTED(4210, "unsupported"),
  LIMIT_EXCEEDED(4211, "limit-exceeded"),
  TOKEN_REVOKED(4400, "token-revoked"),
  DEVICE_DISABLED(4401, "device-disabled"),
  TOKEN_REFUSED(4402, "token-refused");

  /** A close frame carries at most 125 bytes, two of them the code. */
  private static final int REASON_BYTES = 123;

  private final int code;
  private final String text;

  CloseReason(int code, String text) {
    this.code = code;
    this.text = text;
  }

  public int code() {
    return code;
  }

  /** The name by which PROTOCOL.md, logs and metrics know it. */
  public String text() {
    return text;
  }

  /** The close frame's reason: name, delay where the hub assigns one, and a word for people. */
  public String reason(Duration retryAfter, String detail) {
    StringBuilder reason = new StringBuilder(text);
    if (retryAfter.isPositive()) {
      reason.append("; retry-ms=").append(retryAfter.toMillis());
    }
    if (!detail.isEmpty()) {
      reason.append("; ").append(detail);
    }
    return cut(reason.toString());
  }

  private static String cut(String reason) {
    String cut = reason;
    while (cut.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }
}
