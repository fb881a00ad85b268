package io.mooring.hub.telemetry;

import static io.mooring.hub.telemetry.LateHours.HOUR_US;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges a device's small rows in the background, hour by hour. A device that sends one reading a
 * second would otherwise fill a page of its own with each, as thousands of others write in between:
 * a chart of one day read 86 400 pages. Merged they are 24 rows, a third of the size.
 *
 * <p>An hour is merged once it is {@link #SETTLED} over, one transaction a few thousand rows, so a
 * reader sees either the small rows or the long one. At most a set share of one processor's time is
 * spent on it. Runs on one thread at a time.
 */
public final class SmallBatchMerge {
  /** Rows with more readings stay as they are. */
  static final int SMALL_READINGS = 60;

  /** So many small rows of a stream are worth a merge. */
  static final int WORTH = 16;

  /** Devices that send late have this time. */
  static final Duration SETTLED = Duration.ofMinutes(10);

  /** How far back an hour may lie that is still merged, after a time without this hub. */
  private static final Duration FURTHEST = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(SmallBatchMerge.class);

  private final Database database;
  private final DeviceHourMerge merge;
  private final LateHours late;
  private final InstantSource clock;
  private final Pause pause;

  /** Waits after each piece of work, as long as the share of time allows. */
  @FunctionalInterface
  public interface Pause {
    void after(Duration work) throws InterruptedException;

    /** Such that at most a share of the time is spent working. */
    static Pause forShare(int percent) {
      return work -> Thread.sleep(work.multipliedBy(100L - percent).dividedBy(percent));
    }
  }

  public SmallBatchMerge(Database database, LateHours late, InstantSource clock, Pause pause) {
    this.database = database;
    this.merge = new DeviceHourMerge(database, clock);
    this.late = late;
    this.clock = clock;
    this.pause = pause;
  }

  /** Merges what is due; called every minute or so. */
  public void sweep() {
    Instant now = clock.instant();
    Instant settled = now.minus(SETTLED).truncatedTo(ChronoUnit.HOURS);
    Instant mergedBefore = database.query(SmallBatchMerge::mergedBefore);
    Instant furthest = settled.minus(FURTHEST);
    Instant hour = mergedBefore.isBefore(furthest) ? furthest : mergedBefore;
    try {
      for (; hour.isBefore(settled); hour = hour.plus(1, ChronoUnit.HOURS)) {
        Instant one = hour;
        for (int device : database.query(connection -> heardSince(connection, one))) {
          mergeHour(device, one);
        }
        database.query(connection -> progress(connection, one.plus(1, ChronoUnit.HOURS)));
      }
      late.mergedBefore(settled.getEpochSecond() * 1_000_000);
      for (var one = late.poll(); one != null; one = late.poll()) {
        mergeHour(one.deviceKey(), Instant.EPOCH.plus(one.hour() * HOUR_US, ChronoUnit.MICROS));
      }
    } catch (InterruptedException e) {
      // The hub is going down; the next one goes on with this hour.
      Thread.currentThread().interrupt();
    }
  }

  private void mergeHour(int deviceKey, Instant hour) throws InterruptedException {
    boolean more = true;
    DeviceHourMerge.Key after = DeviceHourMerge.Key.FIRST;
    while (more) {
      long start = System.nanoTime();
      try {
        DeviceHourMerge.Step step = merge.step(deviceKey, hour, after);
        after = step.readTo();
        more = step.more();
      } catch (DatabaseException e) {
        if (e.kind() == DatabaseException.Kind.UNAVAILABLE) {
          throw e;
        }
        // Retention may have dropped the day meanwhile.
        LOG.warn("Small rows of device key {} at {} stay: {}", deviceKey, hour, e.getMessage());
        more = false;
      }
      pause.after(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static Instant mergedBefore(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT merged_before FROM merge_progress")) {
      return row.next() ? Timestamps.get(row, "merged_before") : Instant.EPOCH;
    }
  }

  private static int progress(Connection connection, Instant mergedBefore) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            INSERT INTO merge_progress (merged_before) VALUES (?)
            ON CONFLICT (one) DO UPDATE SET merged_before = EXCLUDED.merged_before
            """)) {
      update.setObject(1, Timestamps.of(mergedBefore));
      return update.executeUpdate();
    }
  }

  /** Devices that may have sent anything at this time or later. */
  private static List<Integer> heardSince(Connection connection, Instant time) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT device_key FROM presence WHERE state <> 'offline' OR last_seen_at >= ?")) {
      select.setObject(1, Timestamps.of(time));
      List<Integer> devices = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          devices.add(row.getInt(1));
        }
      }
      return devices;
    }
  }
}
