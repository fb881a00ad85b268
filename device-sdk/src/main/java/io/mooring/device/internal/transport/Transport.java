package io.mooring.device.internal.transport;

/** Opens connections to the hub. */
public interface Transport {
  /**
   * Begins to connect and returns at once. The listener hears {@code opened} at most once, then
   * {@code received} any number of times, and {@code ended} exactly once and last.
   */
  Link connect(Listener listener);

  /** One connection. Its methods never block, never throw, and may be called from any thread. */
  interface Link {
    /** Sends one binary message; silently nothing when the connection is not open. */
    void send(byte[] message);

    /** Says goodbye with a close code of RFC 6455 and closes. */
    void close(int code, String reason);

    /** Closes the socket at once, whatever state it is in. */
    void abort();
  }

  /** Hears of one connection, on threads of the transport. */
  interface Listener {
    void opened();

    void received(byte[] message);

    void ended(Ending ending);
  }
}
