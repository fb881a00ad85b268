package io.mooring.hub.telemetry;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.wire.ValueType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads telemetry back. A reading's time is the device's own; where that is absurd the hub's time
 * of arrival stands in for it in {@link #latest}, and the ranges leave such readings out, as they
 * are stored under the absurd time: plain SQL over the view {@code reading} finds them.
 */
public final class TelemetryQueries {
  /** The hub refuses batches whose readings lie further than this from the first one. */
  public static final Duration BATCH_SPAN = Duration.ofHours(1);

  /** The database gives a query up after this time, which ends as unavailable. */
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A metric's columns of one type: layout ids, and the metric's slot in each. */
  private record Columns(List<Integer> layouts, List<Integer> slots) {}

  /** Where a reading stands in the order of raw queries; position: within its row, from 1. */
  private record Place(Instant time, int layout, long stream, long seq, int position) {}

  private record Placed(Place place, Reading reading) {}

  /** What every range query is bound to. */
  private record Range(int deviceKey, Instant from, Instant to) {}

  private final RangeReads reads;

  public TelemetryQueries(RangeReads reads) {
    this.reads = reads;
  }

  /** The newest value of each metric the device has ever sent, in the order of their names. */
  public List<Reading.Latest> latest(int deviceKey) {
    return reads.query(
        connection -> {
          try (PreparedStatement select = prepare(connection, TelemetrySql.LATEST)) {
            select.setInt(1, deviceKey);
            List<Reading.Latest> latest = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                ValueType type = ValueType.of(row.getString("type"));
                latest.add(
                    new Reading.Latest(
                        row.getString("name"),
                        type,
                        Timestamps.get(row, "at"),
                        Timestamps.get(row, "received_at"),
                        value(row, TelemetrySql.column(type), type)));
              }
            }
            return latest;
          }
        });
  }

  /** The metrics the device has ever sent, also those whose readings are deleted meanwhile. */
  public SortedSet<String> metrics(int deviceKey) {
    return reads.query(
        connection -> {
          try (PreparedStatement select = prepare(connection, TelemetrySql.METRICS)) {
            select.setInt(1, deviceKey);
            SortedSet<String> metrics = new TreeSet<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                metrics.add(row.getString(1));
              }
            }
            return metrics;
          }
        });
  }

  /** Whether {@link #raw} would take this cursor. */
  public static boolean isCursor(String cursor) {
    return RawCursor.parse(cursor).isPresent();
  }

  /**
   * One metric's readings, oldest first.
   *
   * @param from inclusive
   * @param to exclusive
   * @param cursor {@code next} of the page before; null: from the beginning
   */
  public Reading.Page raw(
      int deviceKey, String metric, Instant from, Instant to, @Nullable String cursor, int limit) {
    return reads.query(page(deviceKey, metric, from, to, cursor, limit));
  }

  /** The same for those who may wait for their turn. */
  Reading.Page patientRaw(
      int deviceKey, String metric, Instant from, Instant to, @Nullable String cursor, int limit) {
    return reads.query(TIMEOUT, page(deviceKey, metric, from, to, cursor, limit));
  }

  /**
   * One metric's readings, oldest first, all of them.
   *
   * @param from inclusive
   * @param to exclusive
   * @param pageSize how many are in memory at a time
   */
  public RawSeries series(int deviceKey, String metric, Instant from, Instant to, int pageSize) {
    return new RawSeries(this, deviceKey, metric, from, to, pageSize);
  }

  private static Database.Work<Reading.Page> page(
      int deviceKey, String metric, Instant from, Instant to, @Nullable String cursor, int limit) {
    RawCursor after =
        cursor == null
            ? new RawCursor(from, 0)
            : RawCursor.parse(cursor).orElseThrow(IllegalArgumentException::new);
    return connection -> {
      Map<ValueType, Columns> columns = columns(connection, deviceKey, metric);
      List<Placed> found = new ArrayList<>();
      // Widening windows: a page costs about what it holds, however long the range is.
      Instant start = after.time().isAfter(from) ? after.time() : from;
      int shown = start.equals(after.time()) ? after.shown() : 0;
      Duration window = Duration.ofHours(1);
      while (start.isBefore(to) && found.size() <= limit && !columns.isEmpty()) {
        Instant end = Duration.between(start, to).compareTo(window) < 0 ? to : start.plus(window);
        Range range = new Range(deviceKey, start, end);
        List<Placed> next = window(connection, columns, range, shown + limit + 1 - found.size());
        found.addAll(next.subList(again(next, after.time(), shown), next.size()));
        shown = 0;
        start = end;
        window = window.multipliedBy(2);
      }
      List<Placed> page = found.subList(0, Math.min(limit, found.size()));
      return new Reading.Page(
          page.stream().map(Placed::reading).toList(),
          found.size() > limit ? cursor(page, after).text() : null);
    };
  }

  /** How many of the first of these readings have been shown before. */
  private static int again(List<Placed> found, Instant time, int shown) {
    int again = 0;
    while (again < shown && again < found.size() && found.get(again).place().time().equals(time)) {
      again++;
    }
    return again;
  }

  private static RawCursor cursor(List<Placed> page, RawCursor before) {
    Instant last = page.getLast().place().time();
    int shown = (int) page.stream().filter(one -> one.place().time().equals(last)).count();
    return new RawCursor(last, last.equals(before.time()) ? before.shown() + shown : shown);
  }

  /**
   * One metric in buckets, oldest first; empty buckets are left out. Buckets begin at multiples of
   * their width since 1970-01-01T00:00:00Z; the first and the last may reach beyond the range but
   * hold only readings within it.
   *
   * @param wanted {@link Bucket#last} is null unless asked for
   */
  public List<Bucket> buckets(
      int deviceKey,
      String metric,
      Instant from,
      Instant to,
      Duration width,
      Set<Aggregate> wanted) {
    return reads.transaction(
        connection -> {
          BucketQueries scan = new BucketQueries(from, to, width, wanted.contains(Aggregate.LAST));
          for (var ofType : columns(connection, deviceKey, metric).entrySet()) {
            Columns columns = ofType.getValue();
            for (int i = 0; i < columns.layouts().size(); i++) {
              scan.read(
                  connection,
                  deviceKey,
                  columns.layouts().get(i),
                  columns.slots().get(i),
                  ofType.getKey());
            }
          }
          return scan.buckets();
        });
  }

  private static Map<ValueType, Columns> columns(
      Connection connection, int deviceKey, String metric) throws SQLException {
    try (PreparedStatement select = prepare(connection, TelemetrySql.COLUMNS)) {
      select.setInt(1, deviceKey);
      select.setString(2, metric);
      Map<ValueType, Columns> columns = new EnumMap<>(ValueType.class);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Columns ofType =
              columns.computeIfAbsent(
                  ValueType.of(row.getString("type")),
                  _ -> new Columns(new ArrayList<>(), new ArrayList<>()));
          ofType.layouts().add(row.getInt("id"));
          ofType.slots().add(row.getInt("slot"));
        }
      }
      return columns;
    }
  }

  private static List<Placed> window(
      Connection connection, Map<ValueType, Columns> columns, Range range, int limit)
      throws SQLException {
    List<Placed> found = new ArrayList<>();
    for (Map.Entry<ValueType, Columns> ofType : columns.entrySet()) {
      ValueType type = ofType.getKey();
      try (PreparedStatement select = prepare(connection, TelemetrySql.raw(type))) {
        int next = bind(select, 1, ofType.getValue(), range);
        select.setInt(next, limit);
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            Reading reading = new Reading(Timestamps.get(row, "at"), value(row, "value", type));
            found.add(new Placed(place(row, reading.time()), reading));
          }
        }
      }
    }
    // A metric that has changed its type comes from several statements.
    found.sort(
        Comparator.comparing(
            Placed::place,
            Comparator.comparing(Place::time)
                .thenComparingInt(Place::layout)
                .thenComparingLong(Place::stream)
                .thenComparingLong(Place::seq)
                .thenComparingInt(Place::position)));
    return found.subList(0, Math.min(limit, found.size()));
  }

  private static Place place(ResultSet row, Instant time) throws SQLException {
    return new Place(
        time, row.getInt("layout_id"), row.getLong("stream"), row.getLong("seq"), row.getInt("i"));
  }

  /** Binds the parameters of one VALUES statement from {@code next} on; returns the one after. */
  private static int bind(PreparedStatement select, int next, Columns columns, Range range)
      throws SQLException {
    Connection connection = select.getConnection();
    select.setArray(next, connection.createArrayOf("int4", columns.layouts().toArray()));
    select.setArray(next + 1, connection.createArrayOf("int4", columns.slots().toArray()));
    select.setInt(next + 2, range.deviceKey());
    // The batch that holds a reading begins within one span of it, before or after.
    select.setObject(next + 3, Timestamps.of(range.from().minus(BATCH_SPAN)));
    select.setObject(next + 4, Timestamps.of(range.to().plus(BATCH_SPAN).plusNanos(1_000)));
    select.setObject(next + 5, Timestamps.of(range.from()));
    select.setObject(next + 6, Timestamps.of(range.to()));
    return next + 7;
  }

  private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout((int) TIMEOUT.toSeconds());
    return statement;
  }

  private static Object value(ResultSet row, String column, ValueType type) throws SQLException {
    Object value =
        switch (type) {
          case NUMBER -> row.getDouble(column);
          case INTEGER -> row.getLong(column);
          case BOOLEAN -> row.getBoolean(column);
          case TEXT -> row.getString(column);
          case BYTES -> row.getBytes(column);
        };
    return Objects.requireNonNull(value, () -> "a batch misses values of type " + type);
  }
}
