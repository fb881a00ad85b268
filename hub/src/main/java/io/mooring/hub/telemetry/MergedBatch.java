package io.mooring.hub.telemetry;

import io.mooring.hub.wire.Inbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Batches of one device, layout and stream, in the order of their times, as one row: its time that
 * of the first, its number the highest.
 */
final class MergedBatch {
  /** A reading a second for an hour; a day is 24 rows. */
  static final int MOST_READINGS = 3_600;

  private static final long SPAN_US = TelemetryQueries.BATCH_SPAN.toNanos() / 1_000;

  /** What a row may weigh: it is unpacked whole for any of its readings. */
  private static final int MOST_BYTES = 1024 * 1024;

  /** A step of the device's clock by more than this begins a new row, which keeps the offset. */
  private static final long CLOCK_STEP_US = 1_000_000;

  private final List<SmallBatch> parts = new ArrayList<>();
  private int readings;
  private int bytes;

  /** False: the row would become too long; it goes into the next one. */
  boolean add(SmallBatch part) {
    if (!parts.isEmpty() && !(hasRoom(part) && isSameClock(part) && isNear(part))) {
      return false;
    }
    parts.add(part);
    readings += part.readings();
    bytes += part.bytes();
    return true;
  }

  private boolean hasRoom(SmallBatch part) {
    return readings + part.readings() <= MOST_READINGS && bytes + part.bytes() <= MOST_BYTES;
  }

  private boolean isSameClock(SmallBatch part) {
    Long before = parts.getLast().clockOffsetUs();
    Long now = part.clockOffsetUs();
    if (before == null || now == null) {
      return Objects.equals(before, now);
    }
    return Math.abs(before - now) <= CLOCK_STEP_US;
  }

  /** Whether all its readings lie within the span of a batch, which bounds what queries look at. */
  private boolean isNear(SmallBatch part) {
    long first = parts.getFirst().batch().timeUs();
    for (int i = 0; i < part.readings(); i++) {
      if (Math.abs(part.timeUs(i) - first) > SPAN_US) {
        return false;
      }
    }
    return true;
  }

  long highestSeq() {
    return parts.stream().mapToLong(part -> part.batch().seq()).max().orElseThrow();
  }

  /** As a row of binary COPY, with {@link RowEncoder#MERGED_COLUMNS}. */
  byte[] encode(int deviceKey) {
    SmallBatch first = parts.getFirst();
    SmallBatch last = parts.getLast();
    long[] offsets = new long[readings];
    long[] receivedOffsets = new long[readings];
    int at = 0;
    for (SmallBatch part : parts) {
      for (int i = 0; i < part.readings(); i++, at++) {
        offsets[at] = part.timeUs(i) - first.batch().timeUs();
        receivedOffsets[at] = part.receivedUs(i) - last.receivedUs();
      }
    }
    Inbound.Batch merged =
        new Inbound.Batch(
            highestSeq(),
            0,
            0,
            first.batch().timeUs(),
            offsets,
            (double[]) columns(Inbound.Batch::numbers, double[]::new),
            (long[]) columns(Inbound.Batch::integers, long[]::new),
            (boolean[]) columns(Inbound.Batch::booleans, boolean[]::new),
            (byte[][]) columns(Inbound.Batch::texts, byte[][]::new),
            (byte[][]) columns(Inbound.Batch::blobs, byte[][]::new));
    return RowEncoder.encodeMerged(
        deviceKey,
        first.layout(),
        first.stream(),
        merged,
        last.receivedUs(),
        last.clockOffsetUs(),
        receivedOffsets);
  }

  /** The values of one type: of each metric those of all parts, then of the next metric. */
  private <A> Object columns(Function<Inbound.Batch, A> values, IntFunction<A> array) {
    Inbound.Batch first = parts.getFirst().batch();
    int columns = java.lang.reflect.Array.getLength(values.apply(first)) / first.readings();
    A merged = array.apply(columns * readings);
    int at = 0;
    for (int column = 0; column < columns; column++) {
      for (SmallBatch part : parts) {
        int from = column * part.readings();
        System.arraycopy(values.apply(part.batch()), from, merged, at, part.readings());
        at += part.readings();
      }
    }
    return merged;
  }
}
