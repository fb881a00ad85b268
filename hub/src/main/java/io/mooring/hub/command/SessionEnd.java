package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session ended: its unanswered commands are queued again, or given up after too many attempts.
 */
public final class SessionEnd implements Write {
  private static final Logger LOG = LoggerFactory.getLogger(SessionEnd.class);

  /** A command given up. */
  record GivenUp(int deviceKey, UUID id) {}

  /** Null: of all devices, when the hub starts. */
  final @Nullable Integer deviceKey;

  final long epoch;
  final Instant at;

  // Filled in by SessionEndWrites.
  List<GivenUp> givenUp = new ArrayList<>();
  TransitionWrites.Happened happened = new TransitionWrites.Happened();

  private SessionEnd(@Nullable Integer deviceKey, long epoch, Instant at) {
    this.deviceKey = deviceKey;
    this.epoch = epoch;
    this.at = at;
  }

  static SessionEnd of(int deviceKey, long epoch, Instant at) {
    return new SessionEnd(deviceKey, epoch, at);
  }

  static SessionEnd all(Instant at) {
    return new SessionEnd(null, Long.MAX_VALUE, at);
  }

  @Override
  public int bytes() {
    return 96;
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.atLevel(why.severity())
        .setCause(why)
        .log("Unanswered commands of device key {} could not be queued again", deviceKey);
  }
}
