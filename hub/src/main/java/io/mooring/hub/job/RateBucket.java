package io.mooring.hub.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate kept over time: what is not used gathers, up to what one second allows. Begins empty, so
 * that a restart allows nothing twice. Guarded by its owner.
 */
final class RateBucket {
  private final @Nullable Integer perSecond;
  private Instant filledAt;
  private double held;

  /**
   * @param perSecond null: no bound
   */
  RateBucket(@Nullable Integer perSecond, Instant now) {
    this.perSecond = perSecond;
    this.filledAt = now;
  }

  int available(Instant now) {
    Integer rate = perSecond;
    if (rate == null) {
      return Integer.MAX_VALUE;
    }
    double since = Duration.between(filledAt, now).toNanos() / 1e9;
    if (since != 0) {
      // A clock that was set back must not stop the job until it is where it was.
      held = Math.min(rate, held + Math.max(0, since) * rate);
      filledAt = now;
    }
    // Seconds as fractions may fall short of a whole device by a rounding error.
    return (int) Math.floor(held + 1e-6);
  }

  void take(int count) {
    held -= count;
  }
}
