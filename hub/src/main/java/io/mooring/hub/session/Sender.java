package io.mooring.hub.session;

import io.mooring.hub.wire.CloseReason;
import java.time.Duration;

/** What a session needs of its socket. No method blocks or throws. */
public interface Sender {
  /**
   * Queues a frame; a peer that does not read is cut off by the socket itself. Does nothing after
   * {@link #close}.
   */
  void send(byte[] frame);

  /** The same for a frame that need not go before the next one, or {@link #flush}. */
  default void gather(byte[] frame) {
    send(frame);
  }

  /** Puts on the wire what was gathered. */
  default void flush() {}

  /** Ends the socket. Only the first call counts. */
  void close(CloseReason reason, Duration retryAfter, String detail);

  /** Reads the next frame, after a handler said that it must wait. */
  void resume();

  /** The peer's address as text, without port. */
  String address();
}
