package io.mooring.device;

import io.mooring.device.internal.loop.EventLoop;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Where numbers come from that no test could foresee: time and chance. */
final class Clocks {
  private Clocks() {}

  /** The loop's monotonic clock. */
  static LongSupplier monotonic(EventLoop loop) {
    return new LongSupplier() {
      @Override
      public long getAsLong() {
        return loop.nanoTime();
      }
    };
  }

  /** The loop's wall clock. */
  static LongSupplier wall(EventLoop loop) {
    return new LongSupplier() {
      @Override
      public long getAsLong() {
        return loop.timeMicros();
      }
    };
  }

  static LongSupplier random(RandomGenerator random) {
    return new LongSupplier() {
      @Override
      public long getAsLong() {
        return random.nextLong();
      }
    };
  }
}
