package io.mooring.hub.telemetry;

import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.ops.TelemetryMetrics;
import io.mooring.hub.wire.Inbound;
import io.mooring.hub.wire.ValueType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a batch and hands it to the writer. Safe for all threads; one session's batches come in
 * order.
 */
public final class TelemetryIntake {
  /** Device times before this are absurd: no device of this hub can be older. */
  private static final long EARLIEST_US =
      Instant.parse("2020-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

  private static final long FUTURE_TOLERANCE_US = Limits.FUTURE_TOLERANCE.toNanos() / 1_000;

  private final BatchWriter writer;
  private final LayoutStore layouts;
  private final Limits limits;
  private final InstantSource clock;
  private final TelemetryMetrics metrics;

  public TelemetryIntake(
      BatchWriter writer,
      LayoutStore layouts,
      Limits limits,
      InstantSource clock,
      TelemetryMetrics metrics) {
    this.writer = writer;
    this.layouts = layouts;
    this.limits = limits;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** The layout if it is known already, noted as the device's. */
  public @Nullable Layout declare(int deviceKey, List<Inbound.Metric> metrics) {
    Layout layout = layouts.cached(metrics);
    if (layout != null) {
      writer.submit(new LayoutLink(deviceKey, layout.id()));
    }
    return layout;
  }

  /**
   * The layout, stored if it is new to the hub; null when it is and the device has brought as many
   * as it may. Blocks on the database.
   */
  public @Nullable Layout declareNew(int deviceKey, List<Inbound.Metric> metrics) {
    Layout layout = layouts.intern(metrics, deviceKey, limits.deviceLayouts());
    if (layout != null) {
      writer.submit(new LayoutLink(deviceKey, layout.id()));
    }
    return layout;
  }

  /** Which of the limits that Welcome names a batch exceeds; null: none. */
  public @Nullable String excessOf(Inbound.Batch batch, Layout layout) {
    if (batch.readings() > limits.batchReadings()) {
      return "a batch holds at most " + limits.batchReadings() + " readings";
    }
    if ((long) batch.readings() * layout.metrics().size() > limits.batchValues()) {
      return "a batch holds at most " + limits.batchValues() + " values";
    }
    return null;
  }

  /** What is wrong with a batch of this layout; null: nothing. */
  public static @Nullable String faultOf(Inbound.Batch batch, Layout layout) {
    for (ValueType type : ValueType.values()) {
      if (batch.count(type) != batch.readings() * layout.columns(type)) {
        return "%d values of type %s for %d readings of %d metrics"
            .formatted(batch.count(type), type.text(), batch.readings(), layout.columns(type));
      }
    }
    if (tooLong(batch.texts()) || tooLong(batch.blobs())) {
      return "a text or bytes value has at most " + Limits.TEXT_BYTES + " bytes";
    }
    return null;
  }

  private static boolean tooLong(byte[][] values) {
    for (byte[] value : values) {
      if (value.length > Limits.TEXT_BYTES) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a batch that {@link #excessOf} and {@link #faultOf} found nothing wrong with.
   *
   * @param receivedNanos when its frame came, by the clock that never jumps
   */
  public void place(
      TelemetrySink sink,
      int streamIndex,
      long streamId,
      Layout layout,
      Inbound.Batch batch,
      @Nullable Long clockOffsetUs,
      long receivedNanos) {
    Instant now = clock.instant();
    long nowUs = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    boolean suspect = batch.timeUs() < EARLIEST_US || batch.timeUs() > nowUs + FUTURE_TOLERANCE_US;
    byte[] row =
        RowEncoder.encode(
            sink.deviceKey(), layout.id(), streamId, batch, nowUs, clockOffsetUs, suspect);
    metrics.accepted(batch.readings(), suspect);
    writer.submit(new BatchWrite(sink, streamIndex, layout, batch, row, receivedNanos));
  }
}
