package io.mooring.hub.admission;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * So many handshakes within any second and no more, so that a fleet which comes back at once does
 * not starve the devices that are there. Who is refused gets a slot, a moment of its own to come
 * back, instead of a reason to hammer. Safe for all threads.
 */
public final class HandshakeGate {
  /** Slots take this share of the rate: the rest is for those who have none. */
  private static final double SHARE = 0.8;

  /** This share may come at one moment; the rest is spread, so that both together are the rate. */
  private static final double BURST = 0.1;

  /**
   * Slots begin anew beyond it, so that no flood of strangers sends the fleet away for longer. As
   * long as a device backs off by itself.
   */
  private static final long FARTHEST = Duration.ofMinutes(2).toNanos();

  private final int perSecond;
  private final LongSupplier ticks;
  private final TokenBucket bucket;
  private long nextSlot;

  /**
   * @param perSecond 0: no bound
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public HandshakeGate(int perSecond, LongSupplier ticks) {
    this.perSecond = perSecond;
    this.ticks = ticks;
    long now = ticks.getAsLong();
    this.bucket = new TokenBucket(perSecond * (1 - BURST), Math.max(1, perSecond * BURST), now);
    this.nextSlot = now;
  }

  /** Whether a handshake may go on now. */
  public synchronized boolean enter() {
    return perSecond == 0 || bucket.take(ticks.getAsLong());
  }

  /** When to come back: after all those who were told before. Zero where there is no bound. */
  public synchronized Duration slot() {
    if (perSecond == 0) {
      return Duration.ZERO;
    }
    long now = ticks.getAsLong();
    if (nextSlot < now || nextSlot - now > FARTHEST) {
      nextSlot = now;
    }
    nextSlot += (long) (1e9 / (perSecond * SHARE));
    return Duration.ofNanos(nextSlot - now);
  }

  /**
   * When one of those who are there is to come back, if all are lost at once.
   *
   * @param rank its own number among them
   */
  public static Duration slot(int rank, int perSecond) {
    return perSecond == 0
        ? Duration.ZERO
        : Duration.ofNanos((long) (rank * (1e9 / (perSecond * SHARE))) % FARTHEST);
  }

  /** The time over which so many devices must spread to stay under this rate. */
  public static Duration window(int devices, int perSecond) {
    return perSecond == 0
        ? Duration.ZERO
        : Duration.ofMillis((long) Math.ceil(devices * 1000.0 / (perSecond * SHARE)));
  }
}
