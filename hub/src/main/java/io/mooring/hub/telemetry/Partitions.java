package io.mooring.hub.telemetry;

import io.mooring.hub.db.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The day partitions of {@code telemetry_batch} (days in UTC). A batch goes where its own time
 * says, so that a repeated batch meets its first copy. Used by the writer thread within its
 * transactions, but for {@link #makeAhead} and {@link #dropped}.
 *
 * <p>Today's partition and those of the next days are made ahead; that of an earlier day when its
 * first batch arrives, if it is not absurdly old. Batches of other days go to {@code
 * telemetry_batch_outside}.
 */
public final class Partitions {
  /**
   * Older days have no partition of their own: a device cannot have been away for longer and be
   * right.
   */
  static final Duration OLDEST = Duration.ofDays(366);

  /** Days made ahead, so that midnight finds its partition there. */
  static final int AHEAD = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final long DAY_US = Duration.ofDays(1).toNanos() / 1_000;
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd");

  private final InstantSource clock;
  private final Set<Long> known = ConcurrentHashMap.newKeySet();

  /** Days whose partition could not be made at once, because of somebody who reads. */
  private final Set<Long> postponed = ConcurrentHashMap.newKeySet();

  public Partitions(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether there is nothing to {@link #ensure} for a batch of this time. */
  boolean isReady(long timeUs) {
    long day = Math.floorDiv(timeUs, DAY_US);
    return known.contains(day) || postponed.contains(day) || !hasPartition(day, today());
  }

  /**
   * Makes sure that a batch of this time finds its partition; false: its day has none, and it goes
   * to {@code telemetry_batch_outside}.
   */
  boolean ensure(Connection connection, long timeUs) throws SQLException {
    long day = Math.floorDiv(timeUs, DAY_US);
    if (known.contains(day)) {
      return true;
    }
    long today = today();
    if (postponed.contains(day) || !hasPartition(day, today)) {
      return false;
    }
    for (long one : new long[] {day, today, today + 1, today + AHEAD}) {
      if (!known.contains(one) && !postponed.contains(one) && createSoon(connection, one)) {
        known.add(one);
      }
    }
    return known.contains(day);
  }

  /**
   * Creates within the writer's transaction, unless somebody reads for long, as pg_dump does: all
   * ingest would wait with it. Then the day is postponed, and its batches lie outside meanwhile.
   */
  private boolean createSoon(Connection connection, long day) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      giveUpSoon(connection);
      create(connection, LocalDate.ofEpochDay(day));
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL lock_timeout TO DEFAULT");
      }
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      postponed.add(day);
      LOG.warn(
          "Telemetry of {} lies in telemetry_batch_outside until nobody reads it for a moment",
          LocalDate.ofEpochDay(day));
      return false;
    }
  }

  /**
   * Makes today's partition and those ahead, before a batch needs them; for any thread. Needs
   * {@code telemetry_batch_outside} for a moment alone, and whoever reads or opens a session waits
   * behind it; so it gives up soon, and the next call tries again.
   */
  void makeAhead(Database database) {
    long today = today();
    for (long day = today; day <= today + AHEAD; day++) {
      make(database, day);
    }
    for (long day : postponed) {
      make(database, day);
    }
  }

  private void make(Database database, long day) {
    if (known.contains(day)) {
      postponed.remove(day);
      return;
    }
    database.transaction(
        connection -> {
          giveUpSoon(connection);
          create(connection, LocalDate.ofEpochDay(day));
          return day;
        });
    known.add(day);
    postponed.remove(day);
  }

  /** Within a transaction: waits no longer than a moment for a lock of those who read. */
  static void giveUpSoon(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '100ms'");
    }
  }

  private long today() {
    return Math.floorDiv(clock.millis(), DAY_US / 1_000);
  }

  private static boolean hasPartition(long day, long today) {
    return day >= today - OLDEST.toDays() && day <= today + AHEAD;
  }

  /**
   * Batches from the future may wait in {@code telemetry_batch_outside} for a day that now gets its
   * partition: they move into it in the same transaction.
   */
  private static void create(Connection connection, LocalDate day) throws SQLException {
    String name = "telemetry_batch_" + NAME.format(day);
    Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          DO $$
          BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('mooring partitions'));
            IF to_regclass('%1$s') IS NULL THEN
              CREATE TABLE %1$s (LIKE telemetry_batch INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
              WITH moved AS (
                DELETE FROM telemetry_batch_outside WHERE time >= '%2$s' AND time < '%3$s' RETURNING *)
              INSERT INTO %1$s SELECT * FROM moved;
              ALTER TABLE telemetry_batch ATTACH PARTITION %1$s FOR VALUES FROM ('%2$s') TO ('%3$s');
            END IF;
          END $$
          """
              .formatted(name, from, to));
    }
  }

  /**
   * A day's partition is gone: a batch that comes for it even now makes another. For any thread.
   */
  void dropped(LocalDate day) {
    known.remove(day.toEpochDay());
  }

  /**
   * A transaction failed: the partitions it made, and this object believes in, may not be there.
   */
  void forget() {
    known.clear();
  }
}
