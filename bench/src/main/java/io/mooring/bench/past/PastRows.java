package io.mooring.bench.past;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The statements that make a past. */
final class PastRows {
  private static final String LAYOUT =
      """
      INSERT INTO layout (digest, metrics, types)
      VALUES (sha256(convert_to(? || ' number', 'UTF8')), ARRAY[?], ARRAY['number'])
      RETURNING id
      """;

  private static final String SECONDS =
      """
      CREATE TEMP TABLE past_second AS
      SELECT i - 1 AS i, value, (i - 1) * 1000000 + jitter AS at_us,
        ?::timestamptz + ((i - 1) * 1000000 + jitter) * interval '1 microsecond' AS at
      FROM unnest(?::float8[], ?::bigint[]) WITH ORDINALITY AS s(value, jitter, i)
      """;

  /**
   * The day as rows of a device that sends each reading at once, and of one that sends 20 together.
   * A message takes some milliseconds to arrive.
   */
  private static final String ROWS =
      """
      CREATE TEMP TABLE past_row AS
      SELECT true AS small, at AS time, i + 1 AS seq,
        at + (4000 + at_us % 1777) * interval '1 microsecond' AS received_at,
        1 AS readings, NULL::bigint[] AS offsets_us, ARRAY[value] AS numbers
      FROM past_second
      UNION ALL
      SELECT false, min(at), g + 1, max(at) + (4000 + max(at_us) % 1777) * interval '1 microsecond',
        count(*), array_agg(at_us - first_us ORDER BY i), array_agg(value ORDER BY i)
      FROM (SELECT *, i / 20 AS g, min(at_us) OVER (PARTITION BY i / 20) AS first_us
            FROM past_second) s
      GROUP BY g
      """;

  private static final String SEND =
      """
      INSERT INTO telemetry_batch (device_key, layout_id, time, stream, seq, received_at,
        clock_offset_us, time_suspect, readings, offsets_us, numbers)
      SELECT d.key, d.layout_id, r.time, 1000000 + d.key, r.seq, r.received_at,
        0, false, r.readings, r.offsets_us, r.numbers
      FROM past_row r JOIN past_device d ON d.small = r.small
      WHERE d.key = ANY(?) AND r.time >= ? AND r.time < ?
      ORDER BY r.received_at, d.key
      """;

  private static final String COPY =
      """
      INSERT INTO telemetry_batch (device_key, layout_id, time, stream, seq, received_at,
        clock_offset_us, time_suspect, readings, offsets_us, numbers, received_offsets_us)
      SELECT k.key, b.layout_id, b.time, 1000000 + k.key, b.seq, b.received_at,
        b.clock_offset_us, b.time_suspect, b.readings, b.offsets_us, b.numbers, b.received_offsets_us
      FROM telemetry_batch b CROSS JOIN unnest(?::int[]) AS k(key)
      WHERE b.device_key = ? AND b.time >= ? AND b.time < ?
      """;

  private static final String CONNECTED =
      """
      INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)
      SELECT key, 1, 'offline', now(), now(), '', '', '' FROM unnest(?::int[]) AS k(key)
      ON CONFLICT DO NOTHING
      """;

  private static final String MERGED =
      """
      INSERT INTO merge_progress (merged_before) VALUES (?)
      ON CONFLICT (one) DO UPDATE SET merged_before = EXCLUDED.merged_before
      """;

  private final Connection connection;
  private final Day day;

  PastRows(Connection connection, Day day) {
    this.connection = connection;
    this.day = day;
  }

  /** Makes partitions, layout and the rows of a day, and chooses the devices. */
  PastDevices prepare(int small, int batched) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (LocalDate date = date(day.start());
          !date.isAfter(date(day.end()));
          date = date.plusDays(1)) {
        statement.execute(
            ("CREATE TABLE IF NOT EXISTS telemetry_batch_%s PARTITION OF telemetry_batch"
                    + " FOR VALUES FROM ('%s') TO ('%s')")
                .formatted(
                    date.toString().replace("-", ""),
                    date.atStartOfDay(ZoneOffset.UTC).toInstant(),
                    date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()));
      }
      try (PreparedStatement seconds = connection.prepareStatement(SECONDS)) {
        seconds.setObject(1, at(day.start()));
        seconds.setArray(2, connection.createArrayOf("float8", day.values()));
        seconds.setArray(3, connection.createArrayOf("int8", day.jitterUs()));
        seconds.execute();
      }
      statement.execute(ROWS);
      statement.execute("CREATE INDEX ON past_row (time)");
      statement.execute("ANALYZE past_row");
      int layout = layout();
      List<Integer> keys = keys(small + batched);
      PastDevices devices =
          new PastDevices(layout, keys.subList(0, small), keys.subList(small, small + batched));
      statement.execute("CREATE TEMP TABLE past_device (key int, small boolean, layout_id int)");
      addDevices(devices.small(), true, layout);
      addDevices(devices.batched(), false, layout);
      statement.execute(
          "INSERT INTO device_layout (device_key, layout_id) SELECT key, layout_id FROM past_device");
      statement.execute("ANALYZE past_device");
      return devices;
    }
  }

  private static LocalDate date(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private static java.time.OffsetDateTime at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  private int layout() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(LAYOUT)) {
      insert.setString(1, Day.METRIC);
      insert.setString(2, Day.METRIC);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private List<Integer> keys(int most) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT d.key FROM generate_series(1, ?) i JOIN device d ON d.id = 'bench-' || i ORDER BY i")) {
      select.setInt(1, most);
      List<Integer> keys = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          keys.add(row.getInt(1));
        }
      }
      return keys;
    }
  }

  private void addDevices(List<Integer> keys, boolean small, int layout) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO past_device SELECT unnest(?::int[]), ?, ?")) {
      insert.setArray(1, array(keys));
      insert.setBoolean(2, small);
      insert.setInt(3, layout);
      insert.execute();
    }
  }

  private java.sql.Array array(List<Integer> keys) throws SQLException {
    return connection.createArrayOf("int4", keys.toArray());
  }

  /** The hub merges only for devices that have ever connected. */
  void haveConnected(List<Integer> keys) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(CONNECTED)) {
      insert.setArray(1, array(keys));
      insert.execute();
    }
  }

  void mergedBefore(Instant hour) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(MERGED)) {
      insert.setObject(1, at(hour));
      insert.execute();
    }
  }

  /** Stores what devices send in a part of the day, in the order in which it arrives. */
  void send(List<Integer> keys, Instant from, Instant before) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(SEND)) {
      insert.setArray(1, array(keys));
      insert.setObject(2, at(from));
      insert.setObject(3, at(before));
      insert.execute();
    }
  }

  /** Gives other devices the rows that one has. */
  void copy(int pattern, List<Integer> keys, Instant from, Instant before) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(COPY)) {
      insert.setArray(1, array(keys));
      insert.setInt(2, pattern);
      insert.setObject(3, at(from));
      insert.setObject(4, at(before));
      insert.execute();
    }
  }
}
