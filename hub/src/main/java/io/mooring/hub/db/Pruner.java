package io.mooring.hub.db;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes rows that are older than they are kept, a slice a transaction, so that no lock and no
 * transaction lasts long and writers go on between the slices.
 *
 * @param rows what they are, for the log
 * @param delete deletes one slice of those older than its only parameter
 * @param days how many days they are kept; 0: for ever
 */
public record Pruner(Database database, InstantSource clock, String rows, String delete, int days) {
  private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

  /** Rows in one slice: some ten milliseconds of work. */
  public static final int SLICE = 2_000;

  /** What one sweep deletes at most is two million rows; the next one goes on. */
  private static final int SLICES = 1_000;

  /** Deletes what is too old; called every hour or so. */
  public void sweep() {
    if (days == 0) {
      return;
    }
    OffsetDateTime before =
        OffsetDateTime.ofInstant(clock.instant().minus(Duration.ofDays(days)), ZoneOffset.UTC);
    long total = 0;
    int deleted = 1;
    for (int slice = 0; slice < SLICES && deleted > 0; slice++) {
      deleted = slice(before);
      total += deleted;
    }
    if (total > 0) {
      LOG.info("{} {} older than {} days were deleted", total, rows, days);
    }
  }

  private int slice(OffsetDateTime before) {
    return database.query(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setObject(1, before);
            return statement.executeUpdate();
          }
        });
  }
}
