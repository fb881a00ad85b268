package io.mooring.hub.presence;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.wire.Inbound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds what devices say in Hello that they had to drop to what they said before. */
final class DroppedReadingWrites {
  private static final String ADD =
      """
      WITH fresh AS (
        SELECT u.device_key,
          sum(greatest(0, u.readings - coalesce(old.readings, 0)))::bigint AS readings,
          array_agg(u.stream) AS streams, array_agg(u.readings) AS counts
        FROM unnest(?::int[], ?::bigint[], ?::bigint[]) AS u(device_key, stream, readings)
        JOIN presence p ON p.device_key = u.device_key
        LEFT JOIN LATERAL unnest(p.dropped_streams, p.dropped_counts) AS old(stream, readings)
          ON old.stream = u.stream
        GROUP BY u.device_key
      )
      UPDATE presence p SET
        dropped_readings = p.dropped_readings + f.readings,
        dropped_streams = f.streams, dropped_counts = f.counts
      FROM fresh f WHERE p.device_key = f.device_key
      RETURNING p.device_key, f.readings
      """;

  /** No device has dropped more; a sum of what devices make up must not overflow. */
  private static final long MOST = 1_000_000_000_000_000L;

  private DroppedReadingWrites() {}

  /** Costs a statement only where a device has dropped any. */
  static void add(Connection connection, Map<Integer, SessionOpen> opened) throws SQLException {
    record Told(SessionOpen open, Inbound.Stream stream) {}
    List<Told> told = new ArrayList<>();
    for (SessionOpen open : opened.values()) {
      for (Inbound.Stream stream : open.streams) {
        if (open.epoch > 0 && stream.droppedReadings() != 0) {
          told.add(new Told(open, stream));
        }
      }
    }
    if (told.isEmpty()) {
      return;
    }
    SqlArrays<Told> rows = new SqlArrays<>(connection, told);
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setArray(1, rows.ints(t -> t.open().deviceKey));
      add.setArray(2, rows.longs(t -> t.stream().id()));
      add.setArray(3, rows.longs(t -> Math.clamp(t.stream().droppedReadings(), 0, MOST)));
      try (ResultSet row = add.executeQuery()) {
        while (row.next()) {
          SessionOpen open = opened.get(row.getInt(1));
          if (open != null) {
            open.newlyDropped = row.getLong(2);
          }
        }
      }
    }
  }
}
