package io.mooring.bench.load;

import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Batches of one layout: so many readings of so many numeric metrics, a second apart. All that does
 * not change from batch to batch is encoded once. Immutable.
 */
public final class Shape {
  /**
   * Batches with different values; a batch's number chooses, so that one sent again is the same.
   */
  private static final int VARIANTS = 64;

  private static final int READING_US = 1_000_000;

  /** Tag of DeviceFrame.telemetry, and of Telemetry.seq. */
  private static final byte TELEMETRY = 0x1a;

  private static final byte SEQ = 0x08;

  /** Where time_us begins in a tail: after layout (two bytes) and its own tag. */
  private static final int TIME_AT = 3;

  private final int readings;
  private final int metrics;
  private final byte[] layout;
  private final byte[][] tails = new byte[VARIANTS][];

  /**
   * Makes the frames.
   *
   * @param readings of a batch
   * @param metrics of a reading
   */
  public Shape(int readings, int metrics) {
    this.readings = readings;
    this.metrics = metrics;
    Layout.Builder columns = Layout.newBuilder().setId(1);
    for (int m = 1; m <= metrics; m++) {
      columns.addMetrics(
          Metric.newBuilder().setName("metric-" + m).setType(ValueType.VALUE_TYPE_NUMBER));
    }
    layout = Wire.frame(DeviceFrame.newBuilder().setLayout(columns).build().toByteArray());
    SplittableRandom random = new SplittableRandom(17);
    for (int v = 0; v < VARIANTS; v++) {
      tails[v] = tail(random);
    }
  }

  /** A batch without its number; the fields stand in the order of their tags. */
  private byte[] tail(SplittableRandom random) {
    Telemetry.Builder batch = Telemetry.newBuilder().setLayout(1).setTimeUs(1);
    for (int r = 1; r < readings; r++) {
      batch.addTimeDeltasUs(READING_US);
    }
    for (int m = 0; m < metrics; m++) {
      double value = 20 + 10 * m;
      for (int r = 0; r < readings; r++) {
        // A slow walk in steps of 0.01, as sensors deliver.
        value += random.nextInt(-5, 6) / 100.0;
        batch.addNumbers(value);
      }
    }
    return batch.build().toByteArray();
  }

  /** Values of one batch. */
  public int values() {
    return readings * metrics;
  }

  /** The declaration, a whole frame. */
  byte[] layout() {
    return layout;
  }

  /** Most bytes of one batch's frame. */
  int frameBytes() {
    return Wire.HEADER + 24 + tails[0].length;
  }

  /** The time to put into a batch whose last reading is taken now. */
  long firstReadingUs(long nowUs) {
    return nowUs - (long) (readings - 1) * READING_US;
  }

  /**
   * Puts the frame of a batch.
   *
   * @param out little-endian, with {@link #frameBytes} of room
   */
  void putBatch(ByteBuffer out, long seq, long timeUs) {
    byte[] tail = tails[(int) (seq % VARIANTS)];
    int body = 1 + Wire.varintSize(seq) + tail.length;
    Wire.header(out, Wire.BINARY, 1 + Wire.varintSize(body) + body);
    out.put(TELEMETRY);
    Wire.putVarint(out, body);
    out.put(SEQ);
    Wire.putVarint(out, seq);
    int at = out.position();
    out.put(tail);
    out.putLong(at + TIME_AT, timeUs);
  }
}
