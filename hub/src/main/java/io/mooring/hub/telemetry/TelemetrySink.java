package io.mooring.hub.telemetry;

import io.mooring.hub.db.DatabaseException;

/**
 * The session that a batch came from. Called on the notifier thread, after the commit, where
 * nothing else is said.
 */
public interface TelemetrySink {
  int deviceKey();

  String deviceId();

  /**
   * The stream's batches up to and including {@code seq} are committed; {@link #flushAcks} follows.
   */
  void stored(int streamIndex, long seq);

  /** Sends what {@link #stored} has gathered; called at least once after a run of calls to it. */
  void flushAcks();

  /**
   * A batch has been refused: none that came after it may be stored, or the device would be told
   * that this one was. Called on the writer thread.
   */
  void stop();

  /** Whether {@link #stop} was called. */
  boolean isStopped();

  /**
   * The database refused a batch for good, or the hub goes down before it could be stored, as
   * {@link BatchWrite#refused} is told: the session must end without an acknowledgement.
   */
  void refused(DatabaseException why);
}
