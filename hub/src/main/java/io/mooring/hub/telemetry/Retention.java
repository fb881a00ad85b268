package io.mooring.hub.telemetry;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Pruner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the day partitions that will be needed, drops those that are older than telemetry is kept,
 * and deletes what lies outside of them and came longer ago. Nothing is dropped unless a setting
 * says so.
 */
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final String PREFIX = "telemetry_batch_";
  private static final String PARTITIONS =
      """
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'telemetry_batch'::regclass AND c.relname ~ '^telemetry_batch_[0-9]{8}$'
      ORDER BY c.relname
      """;

  private static final String PRUNE_OUTSIDE =
      """
      DELETE FROM telemetry_batch_outside WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM telemetry_batch_outside WHERE received_at < ?
        ORDER BY received_at LIMIT %d))
      """
          .formatted(Pruner.SLICE);

  private final Database database;
  private final InstantSource clock;
  private final int days;
  private final Partitions partitions;
  private final Pruner outside;

  /**
   * @param partitions is told of the days that are dropped
   * @param days how many whole days are kept besides today; 0: all
   */
  public Retention(Database database, InstantSource clock, Partitions partitions, int days) {
    this.database = database;
    this.clock = clock;
    this.days = days;
    this.partitions = partitions;
    this.outside = new Pruner(database, clock, "batches of absurd times", PRUNE_OUTSIDE, days);
  }

  /** Makes what will be needed; called every few minutes. */
  public void makeAhead() {
    partitions.makeAhead(database);
  }

  /** Drops what is too old; likewise, after {@link #makeAhead}. */
  public void drop() {
    if (days == 0) {
      return;
    }
    outside.sweep();
    LocalDate oldest = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(days);
    for (String name : database.query(Retention::partitions)) {
      LocalDate day =
          LocalDate.parse(name.substring(PREFIX.length()), DateTimeFormatter.BASIC_ISO_DATE);
      if (day.isBefore(oldest)) {
        try {
          drop(name);
        } catch (DatabaseException e) {
          if (day.isBefore(oldest.minusDays(1))) {
            LOG.warn("Telemetry of {} should be dropped by now: {}", day, e.getMessage());
          }
          throw e;
        }
        partitions.dropped(day);
        LOG.info("Telemetry of {} is older than {} days and was dropped", day, days);
      }
    }
  }

  private static List<String> partitions(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(PARTITIONS)) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  /**
   * Needs the table for a moment alone, and ingest waits behind it while it waits for readers; so
   * it gives up soon, and the next sweep tries again. (DETACH CONCURRENTLY, which waits for nobody,
   * is refused by PostgreSQL for a table with a default partition.)
   */
  private void drop(String name) {
    database.transaction(
        connection -> {
          Partitions.giveUpSoon(connection);
          try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE " + name);
          }
          return name;
        });
  }
}
