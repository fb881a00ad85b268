package io.mooring.hub.presence;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's device fell silent, was heard again, or went.
 *
 * <p>Epoch-fenced: does nothing when a newer session of the device has opened.
 */
public final class PresenceChange implements Write {
  private static final Logger LOG = LoggerFactory.getLogger(PresenceChange.class);

  /** What a session can say of its device once it is open. */
  public enum State {
    ONLINE("online"),
    SUSPECT("suspect"),
    OFFLINE("offline");

    final String text;

    State(String text) {
      this.text = text;
    }
  }

  final int deviceKey;
  final long epoch;
  final State state;
  final Instant at;
  final Instant lastSeenAt;
  final int closeCode;
  final String cause;
  List<Event.Durable> events = List.of();

  private PresenceChange(
      int deviceKey,
      long epoch,
      State state,
      Instant at,
      Instant lastSeenAt,
      int closeCode,
      String cause) {
    this.deviceKey = deviceKey;
    this.epoch = epoch;
    this.state = state;
    this.at = at;
    this.lastSeenAt = lastSeenAt;
    this.closeCode = closeCode;
    this.cause = cause;
  }

  /** The device missed a heartbeat, or was heard again after it had. */
  public static PresenceChange heard(
      int deviceKey, long epoch, State state, Instant at, Instant lastSeenAt, String cause) {
    return new PresenceChange(deviceKey, epoch, state, at, lastSeenAt, 0, cause);
  }

  /** The session ended. */
  public static PresenceChange closed(
      int deviceKey, long epoch, Instant at, Instant lastSeenAt, int closeCode, String reason) {
    return new PresenceChange(deviceKey, epoch, State.OFFLINE, at, lastSeenAt, closeCode, reason);
  }

  @Override
  public int bytes() {
    return 160;
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.atLevel(why.severity())
        .setCause(why)
        .log("Presence of device key {} could not be stored", deviceKey);
  }
}
