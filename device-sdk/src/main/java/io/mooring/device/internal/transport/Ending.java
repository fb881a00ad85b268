package io.mooring.device.internal.transport;

import org.jspecify.annotations.Nullable;

/** How a connection, or the attempt at one, ended. */
public sealed interface Ending {
  /** For people: one line without secrets. */
  String text();

  /** The WebSocket was open and was closed, by either side, with this code (1006: no goodbye). */
  record Closed(int code, String reason) implements Ending {
    @Override
    public String text() {
      return reason.isEmpty() ? "closed with code " + code : "closed: " + code + " " + reason;
    }
  }

  /**
   * The hub answered the handshake with an HTTP status other than 101.
   *
   * @param retryAfter the header Retry-After as it came
   * @param why what the answer's body says, one line; empty when it says nothing of use
   */
  record Refused(int status, @Nullable String retryAfter, String why) implements Ending {
    @Override
    public String text() {
      String refused = "the hub refused the connection with HTTP status " + status;
      return why.isEmpty() ? refused : refused + ": " + why;
    }
  }

  /** No WebSocket came about: no network, no such host, TLS failure, no answer, not a hub. */
  record Failed(String message) implements Ending {
    @Override
    public String text() {
      return message;
    }
  }
}
