package io.mooring.hub.telemetry;

import io.mooring.hub.db.CopyRows;
import io.mooring.hub.wire.ValueType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the readings of one metric into buckets: PostgreSQL hands over the values of the rows
 * concerned, and they are added up here in one pass. Adding them up in SQL took three times as long
 * for a day of one reading a second: each value had to be made a row first.
 */
final class BucketQueries {
  /** Before and after the range, by when a batch may begin that holds a reading of it. */
  private static final long SPAN_US = micros(TelemetryQueries.BATCH_SPAN);

  private final long fromUs;
  private final long toUs;
  private final long widthUs;
  private final boolean last;
  private final TreeMap<Long, Sums> buckets = new TreeMap<>();
  private long currentStart = Long.MIN_VALUE;
  private Sums current = new Sums();

  /** What is known of one bucket so far. */
  private static final class Sums {
    long count;
    long finite;
    double sum;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    long lastAt = Long.MIN_VALUE;
    @Nullable Object last;

    void add(double value) {
      if (Double.isFinite(value)) {
        finite++;
        sum += value;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }

    Bucket bucket(long startUs) {
      Instant start = instant(startUs);
      Double avg = Double.isFinite(sum) ? sum / finite : null;
      return finite == 0
          ? new Bucket(start, null, null, null, count, last)
          : new Bucket(start, avg, min, max, count, last);
    }
  }

  /**
   * @param last whether the newest value of each bucket is wanted
   */
  BucketQueries(Instant from, Instant to, Duration width, boolean last) {
    this.fromUs = micros(from);
    this.toUs = micros(to);
    this.widthUs = micros(width);
    this.last = last;
  }

  /** Takes in what one layout holds of the metric. */
  void read(Connection connection, int deviceKey, int layout, int slot, ValueType type)
      throws SQLException {
    boolean valued = last || (type != ValueType.TEXT && type != ValueType.BYTES);
    CopyRows.read(
        connection,
        TelemetrySql.values(
            type,
            valued,
            deviceKey,
            layout,
            slot,
            instant(fromUs - SPAN_US),
            instant(toUs + SPAN_US)),
        TelemetryQueries.TIMEOUT,
        row -> take(row, type));
  }

  private void take(ByteBuffer row, ValueType type) {
    long time = CopyRows.micros(row);
    long[] offsets = CopyRows.int8s(row);
    if (offsets.length == 0) {
      add(time, one(row, type));
      return;
    }
    row.getInt(); // no single value: null
    List<Object> values = many(row, type);
    for (int i = 0; i < offsets.length; i++) {
      add(time + offsets[i], values.isEmpty() ? null : values.get(i));
    }
  }

  private static @Nullable Object one(ByteBuffer row, ValueType type) {
    byte[] bytes = CopyRows.bytes(row);
    return bytes == null
        ? null
        : switch (type) {
          case NUMBER -> ByteBuffer.wrap(bytes).getDouble();
          case INTEGER -> ByteBuffer.wrap(bytes).getLong();
          case BOOLEAN -> bytes[0] != 0;
          case TEXT -> new String(bytes, StandardCharsets.UTF_8);
          case BYTES -> bytes;
        };
  }

  private static List<Object> many(ByteBuffer row, ValueType type) {
    List<Object> values = new ArrayList<>();
    switch (type) {
      case NUMBER -> {
        for (double value : CopyRows.float8s(row)) {
          values.add(value);
        }
      }
      case INTEGER -> {
        for (long value : CopyRows.int8s(row)) {
          values.add(value);
        }
      }
      case BOOLEAN -> {
        for (boolean value : CopyRows.booleans(row)) {
          values.add(value);
        }
      }
      case TEXT -> {
        for (byte[] value : CopyRows.byteArrays(row)) {
          values.add(new String(value, StandardCharsets.UTF_8));
        }
      }
      case BYTES -> values.addAll(List.of(CopyRows.byteArrays(row)));
    }
    return values;
  }

  private void add(long at, @Nullable Object value) {
    if (at < fromUs || at >= toUs) {
      return;
    }
    long start = Math.floorDiv(at, widthUs) * widthUs;
    if (start != currentStart) {
      current = buckets.computeIfAbsent(start, _ -> new Sums());
      currentStart = start;
    }
    current.count++;
    switch (value) {
      case Double number -> current.add(number);
      case Long integer -> current.add(integer);
      case Boolean bool -> current.add(bool ? 1 : 0);
      case null, default -> {}
    }
    // Rows come in the order of their times, streams and numbers: of equal times the later wins.
    if (last && at >= current.lastAt) {
      current.lastAt = at;
      current.last = value;
    }
  }

  /** What has been read, oldest first. */
  List<Bucket> buckets() {
    return buckets.entrySet().stream()
        .map(entry -> entry.getValue().bucket(entry.getKey()))
        .toList();
  }

  private static Instant instant(long us) {
    return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
  }

  /** Rounded up, as PostgreSQL keeps microseconds: a bound between two excludes the lower one. */
  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + Math.ceilDiv(instant.getNano(), 1_000);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }
}
