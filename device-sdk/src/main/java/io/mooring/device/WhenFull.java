package io.mooring.device;

/** What {@link Device#send} does with a reading when the outbox is full. */
public enum WhenFull {
  /**
   * Drops the oldest readings that are not on their way to the hub at this moment. The default: for
   * most devices the newest readings matter most.
   */
  DROP_OLDEST,
  /** Drops the reading being sent. */
  DROP_NEWEST,
  /**
   * Waits until there is room, however long the hub is away. An interrupt ends the wait; the
   * reading then counts as dropped, and the thread stays interrupted.
   */
  BLOCK
}
