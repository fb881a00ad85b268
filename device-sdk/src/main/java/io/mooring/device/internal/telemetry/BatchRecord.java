package io.mooring.device.internal.telemetry;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it stands in a segment, big-endian: kind 1 (1 byte), seq (8), readings of the stream
 * before it (8), time (8), layout (4), readings (4), values (4), body. And what begins a segment:
 * kind 0 (1), readings of the stream before it (8).
 *
 * @param before readings appended to the stream before this one: a step in them tells how many were
 *     lost between two records
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BatchRecord(
    long seq, long before, long timeUs, int layoutId, int readings, int values, byte[] body) {
  static final int HEAD_BYTES = 37;

  private static final byte START = 0;
  private static final byte BATCH = 1;

  static byte[] start(long before) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(START).putLong(before).array();
  }

  /** What {@link #start} says; -1 for any other record. */
  static long startOf(byte[] payload) {
    ByteBuffer in = ByteBuffer.wrap(payload);
    return in.get() == START && in.remaining() == Long.BYTES ? in.getLong() : -1;
  }

  static byte[] encode(long seq, long before, Batch batch) {
    return ByteBuffer.allocate(HEAD_BYTES + batch.body().length)
        .put(BATCH)
        .putLong(seq)
        .putLong(before)
        .putLong(batch.timeUs())
        .putInt(batch.shape().layoutId())
        .putInt(batch.readings())
        .putInt(batch.values())
        .put(batch.body())
        .array();
  }

  /** Null for a record of another kind. */
  static @Nullable BatchRecord decode(byte[] payload) {
    ByteBuffer in = ByteBuffer.wrap(payload);
    if (payload.length < HEAD_BYTES || in.get() != BATCH) {
      return null;
    }
    long seq = in.getLong();
    long before = in.getLong();
    long timeUs = in.getLong();
    int layoutId = in.getInt();
    int readings = in.getInt();
    int values = in.getInt();
    byte[] body = new byte[in.remaining()];
    in.get(body);
    return new BatchRecord(seq, before, timeUs, layoutId, readings, values, body);
  }

  /**
   * @param confirmations of those who wait in this process
   */
  Batch batch(Shape shape, List<CompletableFuture<Void>> confirmations) {
    return new Batch(shape, readings, values, timeUs, body, confirmations);
  }
}
