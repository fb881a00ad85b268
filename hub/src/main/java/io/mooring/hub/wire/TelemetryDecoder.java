package io.mooring.hub.wire;

import com.google.protobuf.WireFormat;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Telemetry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A frame with readings, to columns. Nearly every frame a hub reads is one of these, and nearly all
 * of them are written as protobuf's own encoders write them: each field once, numbers packed. Those
 * are read straight into arrays of their size. Everything else is left to protobuf's parser, which
 * appends value by value to lists that grow and are copied again afterwards.
 */
final class TelemetryDecoder {
  private static final int FRAME_TAG =
      tag(DeviceFrame.TELEMETRY_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int SEQ = tag(Telemetry.SEQ_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int STREAM = tag(Telemetry.STREAM_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int LAYOUT = tag(Telemetry.LAYOUT_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int TIME = tag(Telemetry.TIME_US_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
  private static final int DELTAS = packed(Telemetry.TIME_DELTAS_US_FIELD_NUMBER);
  private static final int NUMBERS = packed(Telemetry.NUMBERS_FIELD_NUMBER);
  private static final int INTEGERS = packed(Telemetry.INTEGERS_FIELD_NUMBER);
  private static final int BOOLEANS = packed(Telemetry.BOOLEANS_FIELD_NUMBER);

  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final boolean[] NO_BOOLEANS = {};
  private static final byte[][] NO_BYTES = {};

  private final ByteBuffer frame;
  private final int end;
  private int at;

  /** Set where the frame is not written in the usual way. */
  private boolean odd;

  private TelemetryDecoder(ByteBuffer frame) {
    this.frame = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.at = frame.position();
    this.end = frame.limit();
  }

  private static int tag(int field, int type) {
    return field << 3 | type;
  }

  private static int packed(int field) {
    return tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  /**
   * A batch of numbers, integers and booleans that is written in the usual way; null: none, and
   * protobuf's parser is to say what it is. Leaves the frame as it is.
   */
  static @Nullable Inbound decode(ByteBuffer frame) {
    return new TelemetryDecoder(frame).batch();
  }

  private @Nullable Inbound batch() {
    if (at >= end || frame.get(at++) != FRAME_TAG || varint() != end - at) {
      return null;
    }
    long seq = 0;
    long stream = 0;
    long layout = 0;
    long timeUs = 0;
    long[] deltas = NO_LONGS;
    double[] numbers = NO_DOUBLES;
    long[] integers = NO_LONGS;
    boolean[] booleans = NO_BOOLEANS;
    int before = 0;
    while (at < end && !odd) {
      int tag = frame.get(at++);
      // Rising, so each at most once.
      odd |= tag <= before;
      before = tag;
      if (tag == SEQ) {
        seq = varint();
      } else if (tag == STREAM) {
        stream = varint();
      } else if (tag == LAYOUT) {
        layout = varint();
      } else if (tag == TIME) {
        timeUs = fixed64();
      } else if (tag == DELTAS) {
        deltas = signed();
      } else if (tag == NUMBERS) {
        numbers = doubles();
      } else if (tag == INTEGERS) {
        integers = signed();
      } else if (tag == BOOLEANS) {
        booleans = booleans();
      } else {
        odd = true;
      }
    }
    if (odd || stream != (int) stream || layout != (int) layout) {
      return null;
    }
    return FrameDecoder.batch(
        new Inbound.Batch(
            seq,
            (int) stream,
            (int) layout,
            timeUs,
            FrameDecoder.offsets(deltas),
            numbers,
            integers,
            booleans,
            NO_BYTES,
            NO_BYTES),
        deltas);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64 && at < end; shift += 7) {
      byte next = frame.get(at++);
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    odd = true;
    return -1;
  }

  private long fixed64() {
    if (end - at < Long.BYTES) {
      odd = true;
      return 0;
    }
    long value = frame.getLong(at);
    at += Long.BYTES;
    return value;
  }

  /** Length of a packed field that lies within the frame; 0 where it does not. */
  private int length() {
    long length = varint();
    odd |= length < 0 || length > end - at;
    return odd ? 0 : (int) length;
  }

  private double[] doubles() {
    int length = length();
    odd |= length % Double.BYTES != 0;
    double[] values = new double[length / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = frame.getDouble(at + i * Double.BYTES);
    }
    at += length;
    return values;
  }

  private long[] signed() {
    int length = length();
    int stop = at + length;
    int count = 0;
    for (int i = at; i < stop; i++) {
      count += frame.get(i) >= 0 ? 1 : 0;
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      long zigzag = varint();
      values[i] = (zigzag >>> 1) ^ -(zigzag & 1);
    }
    odd |= at != stop;
    return values;
  }

  private boolean[] booleans() {
    boolean[] values = new boolean[length()];
    for (int i = 0; i < values.length; i++) {
      byte value = frame.get(at++);
      odd |= value != 0 && value != 1;
      values[i] = value == 1;
    }
    return values;
  }
}
