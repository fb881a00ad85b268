package io.mooring.hub.admission;

/**
 * A rate kept over time: what is not used gathers, up to the burst. Begins full. May go into debt,
 * which the next ones wait for. Guarded by its owner.
 */
public final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private double held;
  private long filledAt;

  public TokenBucket(double perSecond, double burst, long nowNanos) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.held = burst;
    this.filledAt = nowNanos;
  }

  /** Takes one if there is one. */
  public boolean take(long nowNanos) {
    fill(nowNanos);
    if (held < 1) {
      return false;
    }
    held -= 1;
    return true;
  }

  /**
   * Takes so many whether they are there or not.
   *
   * @return nanoseconds until the debt is paid; 0: there is none
   */
  public long spend(double count, long nowNanos) {
    fill(nowNanos);
    held -= count;
    return held >= 0 ? 0 : (long) Math.ceil(-held / perSecond * NANOS);
  }

  /** Whether at least half of the burst is there. */
  public boolean isRested(long nowNanos) {
    fill(nowNanos);
    return held >= burst / 2;
  }

  private void fill(long nowNanos) {
    long since = nowNanos - filledAt;
    if (since > 0) {
      held = Math.min(burst, held + since / NANOS * perSecond);
      filledAt = nowNanos;
    }
  }
}
