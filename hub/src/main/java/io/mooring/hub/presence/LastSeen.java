package io.mooring.hub.presence;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import java.time.Instant;

/**
 * A device that goes on being heard was heard last at this time: what is known of it should the hub
 * be killed. Every few minutes, as a heartbeat is no change.
 *
 * <p>Epoch-fenced, and never takes the time back.
 */
public final class LastSeen implements Write {
  final int deviceKey;
  final long epoch;
  final Instant at;

  public LastSeen(int deviceKey, long epoch, Instant at) {
    this.deviceKey = deviceKey;
    this.epoch = epoch;
    this.at = at;
  }

  @Override
  public int bytes() {
    return 96;
  }

  @Override
  public boolean mayWait() {
    return true;
  }

  @Override
  public void refused(DatabaseException why) {
    // The next one comes in a few minutes.
  }
}
