package io.mooring.device.internal.telemetry;

import com.google.protobuf.CodedOutputStream;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An encoded batch. Its body is made once and never changes; sequence number and stream are put in
 * front of it when it is sent, since both are known only later (and the index of a stream may
 * differ from session to session).
 *
 * @param body an encoded {@link Telemetry} without {@code seq} and {@code stream}
 * @param confirmations completed when the hub has stored the batch, failed when it is dropped
 */
@SuppressWarnings("ArrayRecordComponent") // batches are never compared
public record Batch(
    Shape shape,
    int readings,
    int values,
    long timeUs,
    byte[] body,
    List<CompletableFuture<Void>> confirmations) {

  /** The object, its fields and its place in a queue, roughly. */
  private static final int OVERHEAD_BYTES = 96;

  /** Field numbers, sequence number, stream and length, at the most. */
  static final int FRAME_OVERHEAD_BYTES = 24;

  private static final int LENGTH_DELIMITED = 2;

  /** Memory it takes. */
  public int heldBytes() {
    return body.length + OVERHEAD_BYTES;
  }

  /** The {@link DeviceFrame} that carries it. */
  byte[] frame(long seq, int stream) {
    int head = CodedOutputStream.computeUInt64Size(Telemetry.SEQ_FIELD_NUMBER, seq);
    if (stream != 0) {
      head += CodedOutputStream.computeUInt32Size(Telemetry.STREAM_FIELD_NUMBER, stream);
    }
    int length = head + body.length;
    int tag = DeviceFrame.TELEMETRY_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
    byte[] frame =
        new byte
            [CodedOutputStream.computeUInt32SizeNoTag(tag)
                + CodedOutputStream.computeUInt32SizeNoTag(length)
                + length];
    CodedOutputStream out = CodedOutputStream.newInstance(frame);
    try {
      out.writeUInt32NoTag(tag);
      out.writeUInt32NoTag(length);
      out.writeUInt64(Telemetry.SEQ_FIELD_NUMBER, seq);
      if (stream != 0) {
        out.writeUInt32(Telemetry.STREAM_FIELD_NUMBER, stream);
      }
      out.writeRawBytes(body);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return frame;
  }
}
