package io.mooring.device.internal.telemetry;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Readings of one shape that wait for company. */
final class OpenBatch {
  private final Shape shape;
  private final long openedNanos;
  private final List<Row> rows = new ArrayList<>();
  private List<CompletableFuture<Void>> confirmations = List.of();
  private int bytes;
  private long earliestUs = Long.MAX_VALUE;
  private long latestUs = Long.MIN_VALUE;

  OpenBatch(Shape shape, long openedNanos) {
    this.shape = shape;
    this.openedNanos = openedNanos;
  }

  void add(Row row, @Nullable CompletableFuture<Void> confirmation) {
    rows.add(row);
    bytes += row.bytes();
    earliestUs = Math.min(earliestUs, row.timeUs());
    latestUs = Math.max(latestUs, row.timeUs());
    if (confirmation != null) {
      if (confirmations.isEmpty()) {
        confirmations = new ArrayList<>();
      }
      confirmations.add(confirmation);
    }
  }

  long openedNanos() {
    return openedNanos;
  }

  int readings() {
    return rows.size();
  }

  /** About the size on the wire. */
  int bytes() {
    return bytes;
  }

  List<CompletableFuture<Void>> confirmations() {
    return confirmations;
  }

  boolean hasRoomFor(Row row, BatchLimits limits) {
    int readings = rows.size() + 1;
    long earliest = Math.min(earliestUs, row.timeUs());
    long latest = Math.max(latestUs, row.timeUs());
    return readings <= limits.readings()
        && readings * row.size() <= limits.values()
        && bytes + row.bytes() <= limits.bytes()
        && latest - earliest <= BatchLimits.SPREAD_US;
  }

  /** Rows become columns. */
  Batch seal() {
    Row first = rows.get(0);
    Telemetry.Builder telemetry =
        Telemetry.newBuilder().setLayout(shape.layoutId()).setTimeUs(first.timeUs());
    for (int i = 1; i < rows.size(); i++) {
      telemetry.addTimeDeltasUs(rows.get(i).timeUs() - rows.get(i - 1).timeUs());
    }
    for (int metric = 0; metric < first.size(); metric++) {
      addColumn(telemetry, metric);
    }
    return new Batch(
        shape,
        rows.size(),
        rows.size() * first.size(),
        first.timeUs(),
        telemetry.build().toByteArray(),
        confirmations);
  }

  private void addColumn(Telemetry.Builder telemetry, int metric) {
    for (Row row : rows) {
      switch (row.type(metric)) {
        case VALUE_TYPE_NUMBER -> telemetry.addNumbers(Double.longBitsToDouble(row.bits(metric)));
        case VALUE_TYPE_INTEGER -> telemetry.addIntegers(row.bits(metric));
        case VALUE_TYPE_BOOLEAN -> telemetry.addBooleans(row.bits(metric) != 0);
        case VALUE_TYPE_TEXT -> telemetry.addTexts((String) row.object(metric));
        case VALUE_TYPE_BYTES ->
            telemetry.addBlobs(ByteString.copyFrom((byte[]) row.object(metric)));
        case VALUE_TYPE_UNSPECIFIED, UNRECOGNIZED ->
            throw new IllegalStateException("a metric without a type");
      }
    }
  }
}
