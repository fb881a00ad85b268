package io.mooring.hub.telemetry;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The day partitions of {@code telemetry_batch} (days in UTC). A batch goes where its own time
 * says, so that a repeated batch meets its first copy. Used by the writer thread within its
 * transactions, but for {@link #dropped}.
 *
 * <p>A partition is made when the first batch of its day arrives, if the day is neither absurdly
 * old nor in the future; batches of other days go to {@code telemetry_batch_outside}.
 */
public final class Partitions {
  /**
   * Older days have no partition of their own: a device cannot have been away for longer and be
   * right.
   */
  static final Duration OLDEST = Duration.ofDays(366);

  /** Days made ahead, so that midnight finds its partition there. */
  static final int AHEAD = 2;

  private static final long DAY_US = Duration.ofDays(1).toNanos() / 1_000;
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd");

  private final InstantSource clock;
  private final Set<Long> known = ConcurrentHashMap.newKeySet();

  public Partitions(InstantSource clock) {
    this.clock = clock;
  }

  /** Makes sure that a batch of this time finds its partition. */
  void ensure(Connection connection, long timeUs) throws SQLException {
    long day = Math.floorDiv(timeUs, DAY_US);
    if (known.contains(day)) {
      return;
    }
    long today = clock.instant().atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
    if (day < today - OLDEST.toDays() || day > today + AHEAD) {
      return;
    }
    create(connection, LocalDate.ofEpochDay(day));
    for (int ahead = 0; ahead <= AHEAD; ahead++) {
      create(connection, LocalDate.ofEpochDay(today + ahead));
    }
  }

  /**
   * Batches from the future may wait in {@code telemetry_batch_outside} for a day that now gets its
   * partition: they move into it in the same transaction.
   */
  private void create(Connection connection, LocalDate day) throws SQLException {
    if (!known.add(day.toEpochDay())) {
      return;
    }
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
