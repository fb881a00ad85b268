package io.mooring.hub.telemetry;

import io.mooring.hub.db.CopyRows;
import io.mooring.hub.wire.Inbound;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code telemetry_batch}, read back to be merged with others.
 *
 * @param bytes about what it weighs
 * @param receivedOffsetsUs when each reading arrived, since {@code receivedUs}; empty: all then
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SmallBatch(
    int bytes,
    int layout,
    long stream,
    long receivedUs,
    @Nullable Long clockOffsetUs,
    long[] receivedOffsetsUs,
    Inbound.Batch batch) {

  /** The columns that {@link #read} takes, in its order. */
  static final String COLUMNS =
      "layout_id, time, stream, seq, received_at, clock_offset_us, offsets_us, received_offsets_us,"
          + " numbers, integers, booleans, texts, blobs";

  static SmallBatch read(ByteBuffer row) {
    int layout = CopyRows.int4(row);
    long timeUs = CopyRows.micros(row);
    long stream = CopyRows.int8(row);
    long seq = CopyRows.int8(row);
    long receivedUs = CopyRows.micros(row);
    Long clockOffsetUs = CopyRows.int8OrNull(row);
    long[] offsets = CopyRows.int8s(row);
    long[] receivedOffsets = CopyRows.int8s(row);
    Inbound.Batch batch =
        new Inbound.Batch(
            seq,
            0,
            0,
            timeUs,
            offsets.length == 0 ? new long[1] : offsets,
            CopyRows.float8s(row),
            CopyRows.int8s(row),
            CopyRows.booleans(row),
            CopyRows.byteArrays(row),
            CopyRows.byteArrays(row));
    return new SmallBatch(
        row.capacity(), layout, stream, receivedUs, clockOffsetUs, receivedOffsets, batch);
  }

  int readings() {
    return batch.readings();
  }

  /** When a reading of this batch was received. */
  long receivedUs(int reading) {
    return receivedOffsetsUs.length == 0 ? receivedUs : receivedUs + receivedOffsetsUs[reading];
  }

  /** When a reading of this batch was taken, by the device's clock. */
  long timeUs(int reading) {
    return batch.timeUs() + batch.offsetsUs()[reading];
  }
}
