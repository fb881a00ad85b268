package io.mooring.hub.telemetry;

import io.mooring.hub.db.CopyRows;
import io.mooring.hub.wire.ValueType;
import java.time.Instant;

/**
 * The statements of {@link TelemetryQueries}. Only names from our own enums are pasted into them.
 *
 * <p>A batch's arrays are sliced once and unnested, never subscripted value by value: a long array
 * lies compressed outside its row, and every subscript would unpack it again. The unnesting stands
 * in the select list: joined as a function it took about twice as long on 86 400 rows of one
 * reading. Buckets are not made in SQL at all, see {@link BucketQueries}.
 */
final class TelemetrySql {
  /** Layout and slot (rank among the metrics of its type) of a metric of a device. */
  static final String COLUMNS =
      """
      SELECT l.id, m.type, m.slot
      FROM device_layout dl
      JOIN layout l ON l.id = dl.layout_id
      CROSS JOIN LATERAL (
        SELECT u.name, u.type, row_number() OVER (PARTITION BY u.type ORDER BY u.ordinal) - 1 AS slot
        FROM unnest(l.metrics, l.types) WITH ORDINALITY AS u(name, type, ordinal)
      ) m
      WHERE dl.device_key = ? AND m.name = ?
      """;

  /** The names of the metrics of a device. */
  static final String METRICS =
      """
      SELECT DISTINCT u.name
      FROM device_layout dl
      JOIN layout l ON l.id = dl.layout_id
      CROSS JOIN LATERAL unnest(l.metrics) AS u(name)
      WHERE dl.device_key = ?
      """;

  /**
   * The newest reading of each layout, taken apart into metrics. Of the newest 1000 batches by
   * their own time the 32 best are looked into: readings of later batches are later but for devices
   * that send far out of order. Absurd times stand back behind sane ones.
   */
  static final String LATEST =
      """
      SELECT DISTINCT ON (m.name)
        m.name, m.type, n.at, n.arrived AS received_at,
        CASE WHEN m.type = 'number'  THEN n.numbers [m.slot * n.readings + n.i] END AS numbers,
        CASE WHEN m.type = 'integer' THEN n.integers[m.slot * n.readings + n.i] END AS integers,
        CASE WHEN m.type = 'boolean' THEN n.booleans[m.slot * n.readings + n.i] END AS booleans,
        CASE WHEN m.type = 'text'    THEN n.texts   [m.slot * n.readings + n.i] END AS texts,
        CASE WHEN m.type = 'bytes'   THEN n.blobs   [m.slot * n.readings + n.i] END AS blobs
      FROM device_layout dl
      JOIN layout l ON l.id = dl.layout_id
      CROSS JOIN LATERAL (
        SELECT best.*, r.i,
          best.received_at + coalesce(best.received_offsets_us[r.i], 0) * interval '1 microsecond'
            AS arrived,
          CASE WHEN best.time_suspect THEN best.received_at
               ELSE best.time + coalesce(r.offset_us, 0) * interval '1 microsecond' END AS at
        FROM (
          SELECT newest.* FROM (
            SELECT * FROM telemetry_batch b
            WHERE b.device_key = dl.device_key AND b.layout_id = dl.layout_id
            ORDER BY b.time DESC LIMIT 1000
          ) newest
          ORDER BY newest.time_suspect,
            CASE WHEN newest.time_suspect THEN newest.received_at ELSE newest.time END DESC,
            newest.received_at DESC
          LIMIT 32
        ) best
        CROSS JOIN LATERAL unnest(coalesce(best.offsets_us, ARRAY[0::bigint]))
          WITH ORDINALITY AS r(offset_us, i)
        ORDER BY best.time_suspect, at DESC, best.received_at DESC, best.seq DESC, r.i DESC
        LIMIT 1
      ) n
      CROSS JOIN LATERAL (
        SELECT u.name, u.type, row_number() OVER (PARTITION BY u.type ORDER BY u.ordinal) - 1 AS slot
        FROM unnest(l.metrics, l.types) WITH ORDINALITY AS u(name, type, ordinal)
      ) m
      WHERE dl.device_key = ?
      ORDER BY m.name, n.time_suspect, n.at DESC
      """;

  private TelemetrySql() {}

  /** The array column that a type's values stand in. */
  static String column(ValueType type) {
    return switch (type) {
      case NUMBER -> "numbers";
      case INTEGER -> "integers";
      case BOOLEAN -> "booleans";
      case TEXT -> "texts";
      case BYTES -> "blobs";
    };
  }

  /** Raw values of one type in order, with the type's own array column named {@code value}. */
  static String raw(ValueType type) {
    return values(type) + " ORDER BY at, layout_id, stream, seq, i LIMIT ?";
  }

  /**
   * One metric's values of one layout, in the order of the key, for {@link CopyRows}: time,
   * offsets, the one value of a row of one reading, the values of a longer one.
   *
   * @param valued false: null in place of each value
   */
  static String values(
      ValueType type,
      boolean valued,
      int deviceKey,
      int layout,
      int slot,
      Instant from,
      Instant before) {
    String array = column(type);
    String one = valued ? array + "[" + (slot + 1) + "]" : "NULL";
    String many =
        valued ? "%s[%d * readings + 1 : %d * readings]".formatted(array, slot, slot + 1) : "NULL";
    return """
    SELECT time, offsets_us,
      CASE WHEN offsets_us IS NULL THEN %s END,
      CASE WHEN offsets_us IS NOT NULL THEN %s END
    FROM telemetry_batch
    WHERE device_key = %d AND layout_id = %d AND time >= '%s' AND time < '%s' AND NOT time_suspect
    ORDER BY time, stream, seq
    """
        .formatted(one, many, deviceKey, layout, from, before);
  }

  /**
   * The values of one metric, as rows (at, layout_id, stream, seq, i, value). Parameters: layouts,
   * slots, device, batch time from and before, reading time from and before.
   */
  private static String values(ValueType type) {
    return """
    SELECT at, layout_id, stream, seq, i, value
    FROM (
      SELECT u.time + coalesce(u.offset_us, 0) * interval '1 microsecond' AS at,
        u.layout_id, u.stream, u.seq, u.i, u.value
      FROM (
        SELECT b.time, b.layout_id, b.stream, b.seq, generate_series(1, b.readings) AS i,
          unnest(b.%1$s[c.slot * b.readings + 1 : (c.slot + 1) * b.readings]) AS value,
          unnest(b.offsets_us) AS offset_us
        FROM unnest(?::int[], ?::int[]) AS c(layout_id, slot)
        JOIN telemetry_batch b ON b.layout_id = c.layout_id
        WHERE b.device_key = ? AND b.time >= ? AND b.time < ? AND NOT b.time_suspect
      ) u
    ) v
    WHERE at >= ? AND at < ?
    """
        .formatted(column(type));
  }
}
