package io.mooring.hub.telemetry;

import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.ops.TelemetryMetrics;
import io.mooring.hub.wire.Inbound;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Carries out {@link BatchWrite}s by binary COPY, the fastest way PostgreSQL has (see
 * ARCHITECTURE.md for figures). One repeated batch would abort a whole COPY; so the careful way
 * copies into a staging table and inserts what is not there.
 */
public final class TelemetryWrites implements Write.Kind<BatchWrite> {
  private static final String COPY =
      "COPY telemetry_batch (" + RowEncoder.COLUMNS + ") FROM STDIN (FORMAT binary)";
  private static final String COPY_STAGING =
      "COPY staging (" + RowEncoder.COLUMNS + ") FROM STDIN (FORMAT binary)";
  private static final String CREATE_STAGING =
      "CREATE TEMP TABLE IF NOT EXISTS staging (LIKE telemetry_batch) ON COMMIT DELETE ROWS";

  /** What has been merged has lost its key, but is known to be stored. */
  private static final String INSERT_NEW =
      """
      INSERT INTO telemetry_batch
      SELECT s.* FROM staging s LEFT JOIN merged_stream m USING (device_key, stream)
      WHERE m.seq IS NULL OR s.seq > m.seq
      ON CONFLICT DO NOTHING
      """;

  /** "PGCOPY\n\377\r\n\0", no flags, no header extension. */
  private static final byte[] HEADER =
      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] TRAILER = {-1, -1};

  /** Most bytes of rows in one message: what a message costs PostgreSQL is then shared. */
  private static final int MESSAGE = 256 * 1024;

  /**
   * Acknowledgements sent between two looks at the clock, which costs more than one observation.
   */
  private static final int TIMED_TOGETHER = 16;

  private final Partitions partitions;
  private final LiveFeed feed;
  private final LateHours late;
  private final TelemetryMetrics metrics;
  private final LongSupplier ticks;
  private final LongAdder storedReadings = new LongAdder();
  private final LongAdder storedValues = new LongAdder();

  /**
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public TelemetryWrites(
      Partitions partitions,
      LiveFeed feed,
      LateHours late,
      TelemetryMetrics metrics,
      LongSupplier ticks) {
    this.partitions = partitions;
    this.feed = feed;
    this.late = late;
    this.metrics = metrics;
    this.ticks = ticks;
  }

  @Override
  public Class<BatchWrite> type() {
    return BatchWrite.class;
  }

  @Override
  public boolean standsAlone(List<BatchWrite> writes) {
    for (BatchWrite write : writes) {
      if (!partitions.isReady(write.batch.timeUs())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean appendsEvents() {
    return false;
  }

  /** Making a partition takes tables that openings of sessions read in their turn. */
  @Override
  public boolean mayPrecedeTurn(List<BatchWrite> writes) {
    return standsAlone(writes);
  }

  @Override
  public void write(Connection connection, List<BatchWrite> submitted, boolean careful)
      throws SQLException {
    submitted.forEach(write -> write.leftOut = write.sink.isStopped());
    List<BatchWrite> writes = submitted.stream().filter(write -> !write.leftOut).toList();
    if (writes.isEmpty()) {
      return;
    }
    if (!careful) {
      ensurePartitions(connection, writes);
      copy(connection, COPY, rows(writes));
      return;
    }
    partitions.forget();
    try {
      ensurePartitions(connection, writes);
      writes.getFirst().repeated = writes.size() - insertNew(connection, writes);
    } catch (SQLException e) {
      // This may have been the last try: nobody forgets on its behalf.
      partitions.forget();
      throw e;
    }
  }

  private void ensurePartitions(Connection connection, List<BatchWrite> writes)
      throws SQLException {
    for (BatchWrite write : writes) {
      write.outside = !partitions.ensure(connection, write.batch.timeUs());
    }
  }

  /** Returns how many were not there. */
  private static int insertNew(Connection connection, List<BatchWrite> writes) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(CREATE_STAGING);
      copy(connection, COPY_STAGING, rows(writes));
      int inserted = statement.executeUpdate(INSERT_NEW);
      // A batch is tried one by one within the same connection: the next try must find the staging
      // table empty.
      statement.execute("DELETE FROM staging");
      return inserted;
    }
  }

  private static List<byte[]> rows(List<BatchWrite> writes) {
    return writes.stream().map(write -> write.row).toList();
  }

  /** Sends rows of {@link RowEncoder}'s by a statement for binary COPY. */
  static void copy(Connection connection, String sql, List<byte[]> rows) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
    try {
      int total = HEADER.length;
      for (byte[] row : rows) {
        total += row.length;
      }
      byte[] message = new byte[Math.min(total, MESSAGE)];
      System.arraycopy(HEADER, 0, message, 0, HEADER.length);
      int filled = HEADER.length;
      for (byte[] row : rows) {
        if (row.length > message.length - filled) {
          copy.writeToCopy(message, 0, filled);
          filled = 0;
        }
        if (row.length > message.length) {
          copy.writeToCopy(row, 0, row.length);
        } else {
          System.arraycopy(row, 0, message, filled, row.length);
          filled += row.length;
        }
      }
      copy.writeToCopy(message, 0, filled);
      copy.writeToCopy(TRAILER, 0, TRAILER.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  /** Readings committed since the start. */
  public long storedReadings() {
    return storedReadings.sum();
  }

  /** Values committed since the start. */
  public long storedValues() {
    return storedValues.sum();
  }

  @Override
  public void committed(List<BatchWrite> submitted) {
    long readings = 0;
    long values = 0;
    int placed = 0;
    int repeated = 0;
    int outside = 0;
    for (BatchWrite write : submitted) {
      if (!write.leftOut) {
        Inbound.Batch batch = write.batch;
        write.sink.stored(write.streamIndex, batch.seq());
        late.stored(write.sink.deviceKey(), batch.timeUs(), batch.readings());
        readings += batch.readings();
        values += (long) batch.readings() * write.layout.metrics().size();
        placed++;
        repeated += write.repeated;
        outside += write.outside ? 1 : 0;
      }
    }
    metrics.committed(placed - repeated, repeated, submitted.size() - placed, outside);
    // Second pass: a session that sent many of these batches gets one acknowledgement.
    metrics.acknowledged(acknowledge(submitted));
    storedReadings.add(readings);
    storedValues.add(values);
    if (feed.isWatchingTelemetry()) {
      AfterCommit.each(submitted, this::show);
    }
  }

  /** Returns how many were acknowledged. */
  private int acknowledge(List<BatchWrite> submitted) {
    int acknowledged = 0;
    for (int from = 0; from < submitted.size(); from += TIMED_TOGETHER) {
      int to = Math.min(submitted.size(), from + TIMED_TOGETHER);
      List<BatchWrite> some = submitted.subList(from, to);
      AfterCommit.each(some, TelemetryWrites::acknowledge);
      long now = ticks.getAsLong();
      for (BatchWrite write : some) {
        if (!write.leftOut) {
          metrics.waited(now - write.receivedNanos);
          acknowledged++;
        }
      }
    }
    return acknowledged;
  }

  private static void acknowledge(BatchWrite write) {
    if (!write.leftOut) {
      write.sink.flushAcks();
    }
  }

  private void show(BatchWrite write) {
    if (!write.leftOut && feed.isWatched(write.sink.deviceKey())) {
      feed.publish(event(write));
    }
  }

  private static Event.Telemetry event(BatchWrite write) {
    Inbound.Batch batch = write.batch;
    int newest = 0;
    for (int i = 1; i < batch.readings(); i++) {
      newest = batch.offsetsUs()[i] >= batch.offsetsUs()[newest] ? i : newest;
    }
    Instant time = instant(batch.timeUs() + batch.offsetsUs()[newest]);
    List<Event.Value> values = new ArrayList<>();
    for (int m = 0; m < write.layout.metrics().size(); m++) {
      Inbound.Metric metric = write.layout.metrics().get(m);
      int at = write.layout.slot(m) * batch.readings() + newest;
      Object value =
          switch (metric.type()) {
            case NUMBER -> batch.numbers()[at];
            case INTEGER -> batch.integers()[at];
            case BOOLEAN -> batch.booleans()[at];
            case TEXT -> new String(batch.texts()[at], StandardCharsets.UTF_8);
            case BYTES -> batch.blobs()[at];
          };
      values.add(new Event.Value(metric.name(), time, value));
    }
    return new Event.Telemetry(write.sink.deviceKey(), write.sink.deviceId(), time, values);
  }

  private static Instant instant(long us) {
    return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
  }
}
