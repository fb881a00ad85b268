package io.mooring.hub.session;

import io.mooring.hub.wire.CloseReason;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a session ended: by the first word of either side. Guarded by the session's monitor. */
final class Ending {
  /** Never on the wire: the transport's own code, and its own words, for a socket that broke. */
  private static final int LOST = 1006;

  private static final String BY_DEVICE = "by-device";

  private @Nullable CloseReason byHub;
  private int code;
  private String detail = "";

  /** The hub has decided to end it. False: it had done so before. */
  boolean decided(CloseReason reason, String why) {
    if (byHub != null) {
      return false;
    }
    byHub = reason;
    code = reason.code();
    detail = why;
    return true;
  }

  /** The socket has ended with the peer's words, which do not count where the hub came first. */
  void seen(int peersCode, String peersReason) {
    if (byHub == null) {
      code = peersCode;
      detail = peersCode == LOST ? "the connection was lost" : printable(peersReason);
    }
  }

  int code() {
    return code;
  }

  /** All that {@link #label} may be. */
  static Stream<String> labels() {
    return Stream.concat(
        Stream.of(BY_DEVICE), Arrays.stream(CloseReason.values()).map(CloseReason::text));
  }

  /** For metrics. Bounded: the hub's own reasons by name, all that devices do themselves as one. */
  String label() {
    return byHub == null ? BY_DEVICE : byHub.text();
  }

  /** For the session's history. */
  String cause() {
    CloseReason reason = byHub;
    if (reason != null) {
      return detail.isEmpty() ? reason.text() : reason.text() + ": " + detail;
    }
    return detail.isEmpty() ? "the connection ended" : detail;
  }

  /** A reason comes from the peer: NUL cannot be stored, and other controls would spoil a log. */
  private static String printable(String reason) {
    return reason.replaceAll("\\p{Cc}", "?");
  }
}
