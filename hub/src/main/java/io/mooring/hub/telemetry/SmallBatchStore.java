package io.mooring.hub.telemetry;

import io.mooring.hub.db.CopyRows;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.SqlArrays;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges the small rows of one device in one hour, a bounded number of them in a transaction, and
 * knows how far all devices have been merged.
 */
final class SmallBatchStore {
  /** Rows read in one transaction: some milliseconds of work, 15 MB at the most. */
  private static final int ROWS = MergedBatch.MOST_READINGS;

  /**
   * Rows with more values or longer texts and blobs are left alone: merging gains little, and the
   * row would grow long. Values are counted, and not weighed by {@code pg_column_size}, which tells
   * what they weigh packed: what a row weighs in memory is bounded here, to about 4 KB.
   */
  private static final int ROW_VALUES = 256;

  private static final int ROW_BYTES = 1_024;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final String DELETE =
      """
      DELETE FROM telemetry_batch b
      USING unnest(?::timestamptz[], ?::bigint[]) AS gone(time, seq)
      WHERE b.device_key = ? AND b.layout_id = ? AND b.stream = ? AND b.time >= ? AND b.time < ?
        AND b.time = gone.time AND b.seq = gone.seq
      """;

  private static final String REMEMBER =
      """
      INSERT INTO merged_stream AS m (device_key, stream, seq, merged_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (device_key, stream)
      DO UPDATE SET seq = greatest(m.seq, EXCLUDED.seq), merged_at = EXCLUDED.merged_at
      """;

  private static final String PROGRESS =
      """
      INSERT INTO merge_progress (merged_before) VALUES (?)
      ON CONFLICT (one) DO UPDATE SET merged_before = EXCLUDED.merged_before
      """;

  private final Database database;
  private final InstantSource clock;

  SmallBatchStore(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Hours before this one have been merged; 1970 where none has. */
  Instant mergedBefore() {
    return database.query(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT merged_before FROM merge_progress")) {
            return row.next() ? Timestamps.get(row, "merged_before") : Instant.EPOCH;
          }
        });
  }

  void mergedBefore(Instant hour) {
    database.query(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(PROGRESS)) {
            update.setObject(1, Timestamps.of(hour));
            return update.executeUpdate();
          }
        });
  }

  /** All that have ever connected: to look for an hour's rows costs less than to know where. */
  List<Integer> devices() {
    return database.query(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT device_key FROM presence")) {
            List<Integer> devices = new ArrayList<>();
            while (row.next()) {
              devices.add(row.getInt(1));
            }
            return devices;
          }
        });
  }

  /** Where in the order of the table's key a step has ended. */
  record Key(int layout, long timeUs, long stream, long seq) {
    static final Key FIRST = new Key(Integer.MIN_VALUE, 0, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  /**
   * @param more whether the hour may hold more rows behind {@code readTo}
   * @param merged how many rows became part of longer ones
   */
  record Step(Key readTo, boolean more, int merged) {}

  /** What may be merged: one layout, one stream. */
  private record Kin(int layout, long stream) {}

  /** Merges the next rows of an hour. */
  Step merge(int deviceKey, Instant hour, Key after) {
    return database.transaction(
        connection -> {
          Map<Kin, List<SmallBatch>> kin = new LinkedHashMap<>();
          List<SmallBatch> all = new ArrayList<>();
          CopyRows.read(
              connection,
              select(deviceKey, hour, hour.plus(1, ChronoUnit.HOURS), after),
              TIMEOUT,
              row -> all.add(SmallBatch.read(row)));
          for (SmallBatch one : all) {
            kin.computeIfAbsent(new Kin(one.layout(), one.stream()), _ -> new ArrayList<>())
                .add(one);
          }
          int merged = 0;
          for (Map.Entry<Kin, List<SmallBatch>> one : kin.entrySet()) {
            if (one.getValue().size() >= SmallBatchMerge.WORTH) {
              merge(connection, deviceKey, one.getKey(), one.getValue(), hour);
              merged += one.getValue().size();
            }
          }
          return all.size() < ROWS
              ? new Step(after, false, merged)
              : new Step(key(all.getLast()), true, merged);
        });
  }

  private static String select(int deviceKey, Instant hour, Instant end, Key after) {
    return """
    SELECT %s FROM telemetry_batch
    WHERE device_key = %d AND time >= '%s' AND time < '%s' AND NOT time_suspect AND readings <= %d
      AND layout_id IN (SELECT layout_id FROM device_layout WHERE device_key = %d)
      AND coalesce(cardinality(numbers), 0) + coalesce(cardinality(integers), 0)
        + coalesce(cardinality(booleans), 0) <= %d
      AND (texts IS NULL OR (SELECT sum(octet_length(t)) FROM unnest(texts) t) <= %d)
      AND (blobs IS NULL OR (SELECT sum(octet_length(b)) FROM unnest(blobs) b) <= %d)
      AND (layout_id, time, stream, seq) > (%d, '%s', %d, %d)
    ORDER BY layout_id, time, stream, seq LIMIT %d
    """
        .formatted(
            SmallBatch.COLUMNS,
            deviceKey,
            hour,
            end,
            SmallBatchMerge.SMALL_READINGS,
            deviceKey,
            ROW_VALUES,
            ROW_BYTES,
            ROW_BYTES,
            after.layout(),
            instant(after.timeUs()),
            after.stream(),
            after.seq(),
            ROWS);
  }

  private void merge(
      Connection connection, int deviceKey, Kin kin, List<SmallBatch> parts, Instant hour)
      throws SQLException {
    List<MergedBatch> merged = new ArrayList<>();
    MergedBatch row = new MergedBatch();
    merged.add(row);
    for (SmallBatch part : parts) {
      if (!row.add(part)) {
        row = new MergedBatch();
        row.add(part);
        merged.add(row);
      }
    }
    List<byte[]> rows = merged.stream().map(one -> one.encode(deviceKey)).toList();
    delete(connection, deviceKey, kin, parts, hour);
    TelemetryWrites.copy(
        connection,
        "COPY telemetry_batch (" + RowEncoder.MERGED_COLUMNS + ") FROM STDIN (FORMAT binary)",
        rows);
    try (PreparedStatement remember = connection.prepareStatement(REMEMBER)) {
      remember.setInt(1, deviceKey);
      remember.setLong(2, kin.stream());
      remember.setLong(3, merged.stream().mapToLong(MergedBatch::highestSeq).max().orElseThrow());
      remember.setObject(4, Timestamps.of(clock.instant()));
      remember.executeUpdate();
    }
  }

  private static void delete(
      Connection connection, int deviceKey, Kin kin, List<SmallBatch> parts, Instant hour)
      throws SQLException {
    SqlArrays<SmallBatch> rows = new SqlArrays<>(connection, parts);
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      delete.setArray(1, rows.times(part -> instant(part.batch().timeUs())));
      delete.setArray(2, rows.longs(part -> part.batch().seq()));
      delete.setInt(3, deviceKey);
      delete.setInt(4, kin.layout());
      delete.setLong(5, kin.stream());
      delete.setObject(6, Timestamps.of(hour));
      delete.setObject(7, Timestamps.of(hour.plus(1, ChronoUnit.HOURS)));
      int gone = delete.executeUpdate();
      if (gone != parts.size()) {
        throw new SQLException(
            "%d rows to merge, but %d are there".formatted(parts.size(), gone), "40001");
      }
    }
  }

  private static Key key(SmallBatch last) {
    return new Key(last.layout(), last.batch().timeUs(), last.stream(), last.batch().seq());
  }

  private static Instant instant(long us) {
    return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
  }
}
