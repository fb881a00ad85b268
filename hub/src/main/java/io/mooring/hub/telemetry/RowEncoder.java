package io.mooring.hub.telemetry;

import io.mooring.hub.db.Timestamps;
import io.mooring.hub.wire.Inbound;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A batch as one row of PostgreSQL's binary COPY format: a field count, then each field's length
 * and bytes, all big-endian. Done on the thread that received the batch, so that the one writer
 * thread only moves bytes.
 */
final class RowEncoder {
  private static final short FIELDS = 15;
  private static final int ARRAY_HEADER = 20;
  private static final int OID_BOOL = 16;
  private static final int OID_BYTEA = 17;
  private static final int OID_INT8 = 20;
  private static final int OID_TEXT = 25;
  private static final int OID_FLOAT8 = 701;

  /** The columns, in the order in which they are written. */
  static final String COLUMNS =
      "device_key, layout_id, time, stream, seq, received_at, clock_offset_us, time_suspect, readings,"
          + " offsets_us, numbers, integers, booleans, texts, blobs";

  /** The columns of a merged row. */
  static final String MERGED_COLUMNS = COLUMNS + ", received_offsets_us";

  private RowEncoder() {}

  static byte[] encode(
      int deviceKey,
      int layoutId,
      long stream,
      Inbound.Batch batch,
      long receivedUs,
      @Nullable Long clockOffsetUs,
      boolean timeSuspect) {
    long[] offsets =
        batch.readings() == 1 && batch.offsetsUs()[0] == 0 ? new long[0] : batch.offsetsUs();
    ByteBuffer row = ByteBuffer.allocate(size(batch, offsets.length, clockOffsetUs != null));
    row.putShort(FIELDS);
    fields(
        row, deviceKey, layoutId, stream, batch, offsets, receivedUs, clockOffsetUs, timeSuspect);
    return row.array();
  }

  /** A row made of several: it says of each reading when it arrived, since {@code receivedUs}. */
  static byte[] encodeMerged(
      int deviceKey,
      int layoutId,
      long stream,
      Inbound.Batch batch,
      long receivedUs,
      @Nullable Long clockOffsetUs,
      long[] receivedOffsetsUs) {
    int readings = batch.readings();
    int size = size(batch, readings, clockOffsetUs != null) + array(readings, 8);
    ByteBuffer row = ByteBuffer.allocate(size);
    row.putShort((short) (FIELDS + 1));
    long[] offsets = batch.offsetsUs();
    fields(row, deviceKey, layoutId, stream, batch, offsets, receivedUs, clockOffsetUs, false);
    longs(row, receivedOffsetsUs);
    return row.array();
  }

  private static void fields(
      ByteBuffer row,
      int deviceKey,
      int layoutId,
      long stream,
      Inbound.Batch batch,
      long[] offsets,
      long receivedUs,
      @Nullable Long clockOffsetUs,
      boolean timeSuspect) {
    row.putInt(4).putInt(deviceKey);
    row.putInt(4).putInt(layoutId);
    row.putInt(8).putLong(batch.timeUs() - Timestamps.POSTGRES_EPOCH_US);
    row.putInt(8).putLong(stream);
    row.putInt(8).putLong(batch.seq());
    row.putInt(8).putLong(receivedUs - Timestamps.POSTGRES_EPOCH_US);
    if (clockOffsetUs == null) {
      row.putInt(-1);
    } else {
      row.putInt(8).putLong(clockOffsetUs);
    }
    row.putInt(1).put((byte) (timeSuspect ? 1 : 0));
    row.putInt(4).putInt(batch.readings());
    longs(row, offsets);
    doubles(row, batch.numbers());
    longs(row, batch.integers());
    booleans(row, batch.booleans());
    byteArrays(row, OID_TEXT, batch.texts());
    byteArrays(row, OID_BYTEA, batch.blobs());
  }

  private static int size(Inbound.Batch batch, int offsets, boolean clockOffset) {
    int fixed = 2 + (4 + 4) * 3 + (4 + 8) * 4 + 4 + (clockOffset ? 8 : 0) + (4 + 1);
    return fixed
        + array(offsets, 8)
        + array(batch.numbers().length, 8)
        + array(batch.integers().length, 8)
        + array(batch.booleans().length, 1)
        + array(batch.texts())
        + array(batch.blobs());
  }

  private static int array(int elements, int width) {
    return elements == 0 ? 4 : 4 + ARRAY_HEADER + elements * (4 + width);
  }

  private static int array(byte[][] elements) {
    int size = array(elements.length, 0);
    for (byte[] element : elements) {
      size += element.length;
    }
    return size;
  }

  /**
   * The header of a one-dimensional array without nulls; an empty one is stored as null. False:
   * nothing follows.
   */
  private static boolean header(ByteBuffer row, int oid, int elements, int elementBytes) {
    if (elements == 0) {
      row.putInt(-1);
      return false;
    }
    row.putInt(ARRAY_HEADER + elements * 4 + elementBytes);
    row.putInt(1).putInt(0).putInt(oid).putInt(elements).putInt(1);
    return true;
  }

  private static void longs(ByteBuffer row, long[] values) {
    if (header(row, OID_INT8, values.length, values.length * 8)) {
      int at = row.position();
      for (long value : values) {
        row.putInt(at, 8).putLong(at + 4, value);
        at += 12;
      }
      row.position(at);
    }
  }

  private static void doubles(ByteBuffer row, double[] values) {
    if (header(row, OID_FLOAT8, values.length, values.length * 8)) {
      int at = row.position();
      for (double value : values) {
        row.putInt(at, 8).putDouble(at + 4, value);
        at += 12;
      }
      row.position(at);
    }
  }

  private static void booleans(ByteBuffer row, boolean[] values) {
    if (header(row, OID_BOOL, values.length, values.length)) {
      for (boolean value : values) {
        row.putInt(1).put((byte) (value ? 1 : 0));
      }
    }
  }

  private static void byteArrays(ByteBuffer row, int oid, byte[][] values) {
    int bytes = 0;
    for (byte[] value : values) {
      bytes += value.length;
    }
    if (header(row, oid, values.length, bytes)) {
      for (byte[] value : values) {
        row.putInt(value.length).put(value);
      }
    }
  }
}
