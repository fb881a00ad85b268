package io.mooring.device.internal.telemetry;

import io.mooring.protocol.v1.Limits;

/**
 * How large a batch may grow.
 *
 * @param bytes of its encoded form, about
 */
public record BatchLimits(int readings, int values, int bytes) {
  /**
   * What the SDK fills a batch up to: a quarter of what hubs take by default (1000 readings, 8000
   * values, 64 KiB), so that batches made before the first Welcome fit nearly every hub.
   */
  public static final BatchLimits DEFAULTS = new BatchLimits(250, 2_000, 16 * 1024);

  /** Between the earliest and the latest reading of a batch: an hour, by the protocol. */
  static final long SPREAD_US = 3_600_000_000L;

  /** The largest single reading; leaves room for the frame around it in a hub's 64 KiB. */
  static final int READING_BYTES = 60 * 1024;

  /**
   * @throws IllegalArgumentException for a reading that no batch can take
   */
  static void check(Row row) {
    if (row.size() == 0) {
      throw new IllegalArgumentException("the reading is empty; give it at least one metric");
    }
    if (row.bytes() > READING_BYTES) {
      throw new IllegalArgumentException(
          "the reading takes about "
              + row.bytes()
              + " bytes, more than "
              + READING_BYTES
              + "; send its metrics in several readings");
    }
  }

  static boolean fits(Batch batch, Limits hub) {
    return batch.readings() <= hub.getBatchReadings()
        && batch.values() <= hub.getBatchValues()
        && batch.body().length + Batch.FRAME_OVERHEAD_BYTES <= hub.getFrameBytes();
  }

  static BatchLimits within(Limits hub) {
    return new BatchLimits(
        Math.min(DEFAULTS.readings, hub.getBatchReadings()),
        Math.min(DEFAULTS.values, hub.getBatchValues()),
        Math.min(DEFAULTS.bytes, hub.getFrameBytes() - Batch.FRAME_OVERHEAD_BYTES));
  }
}
