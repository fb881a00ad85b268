package io.mooring.hub.session;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.device.TokenRotationStore;
import io.mooring.hub.device.TokenRotationStore.Due;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands devices their next tokens inside their sessions, as operators have asked. What is to be
 * done stands in the table alone: a hub that is killed goes on with it. The proof is part of
 * opening a session, see {@link TokenRotationStore}.
 */
public final class Rotation {
  private static final Logger LOG = LoggerFactory.getLogger(Rotation.class);

  /** In one sweep, which bounds how many devices a second connect anew. */
  private static final int MOST = 100;

  /**
   * A look that took so long, since many devices have been asked for and are not there, is made up
   * for by skipping a sweep, for each time that it is in it.
   */
  private static final Duration CHEAP = Duration.ofMillis(10);

  private static final int MOST_SKIPPED = 10;

  private final SessionRegistry registry;
  private final TokenRotationStore rotations;
  private final InstantSource clock;
  private final Executor blocking;
  private final Metrics metrics;

  /** Touched by one sweep at a time. */
  private int skip;

  /**
   * @param blocking runs work that may block on the database
   */
  public Rotation(
      SessionRegistry registry,
      TokenRotationStore rotations,
      InstantSource clock,
      Executor blocking,
      Metrics metrics) {
    this.metrics = metrics;
    this.registry = registry;
    this.rotations = rotations;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** Called every second, one call at a time; may block. */
  public void sweep() {
    if (skip > 0) {
      skip--;
      return;
    }
    long begun = System.nanoTime();
    List<Due> due = rotations.due(MOST);
    long took = System.nanoTime() - begun;
    skip = due.isEmpty() ? (int) Math.min(MOST_SKIPPED, took / CHEAP.toNanos()) : 0;
    for (Due one : due) {
      registry
          .of(one.deviceKey())
          .filter(session -> session.epoch() == one.epoch())
          .ifPresent(this::handOver);
    }
  }

  private void handOver(DeviceSession session) {
    if (registry.isDraining()) {
      return;
    }
    int device = session.deviceKey();
    Optional<Secret> next =
        session.nextToken().isTaken()
            ? rotations.handOver(
                device, session.epoch(), session.identity().tokenId(), clock.instant())
            : Optional.empty();
    if (next.isEmpty()) {
      rotations.unable(device, session.epoch(), clock.instant());
      return;
    }
    session.handOver(next.get());
    metrics.credentials.nextTokens.labelValues("handed-over").inc();
  }

  /** The device says that it holds its next token. True: read on. */
  boolean stored(DeviceSession session, String tokenId) {
    if (session.nextToken().isAnsweredBy(tokenId)) {
      metrics.credentials.nextTokens.labelValues("stored").inc();
      blocking.execute(() -> record(session, tokenId));
    }
    return true;
  }

  /**
   * The session is closed whatever the table says: the device holds the token, and the next
   * connection proves it. Left open, it would stay on the older one until that is refused.
   */
  private void record(DeviceSession session, String tokenId) {
    try {
      var _ = rotations.stored(session.deviceKey(), tokenId, clock.instant());
    } catch (DatabaseException e) {
      LOG.info(
          "{} has stored its next token; not recorded: {}", session.deviceId(), e.getMessage());
    } finally {
      session.close(CloseReason.NEXT_TOKEN, Duration.ZERO, "connect with the next token");
    }
  }
}
