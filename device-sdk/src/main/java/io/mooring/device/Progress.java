package io.mooring.device;

/**
 * Tells the hub, and through it the caller, how far a long command is. See {@link
 * Command#progress}.
 */
@FunctionalInterface
public interface Progress {
  /** Longest message in bytes of UTF-8; what is longer is cut. */
  int MAX_MESSAGE_BYTES = 256;

  /** Says nothing to anybody; for tests of handlers. */
  Progress NONE =
      new Progress() {
        @Override
        public void report(int percent, String message) {}
      };

  /**
   * Says how far the command is. Returns at once and may be called as often as one likes, from any
   * thread: the hub is told the newest only, no more often than it wants to hear it (every two
   * seconds as a rule). Nothing is told while there is no connection, to a hub too old to know
   * progress, or once the handler has returned.
   *
   * @param percent 0 to 100
   * @param message for people: what the device is at; may be empty. Control characters become
   *     spaces
   * @throws IllegalArgumentException when {@code percent} is out of bounds
   */
  void report(int percent, String message);

  /** The same without a message. */
  default void report(int percent) {
    report(percent, "");
  }
}
