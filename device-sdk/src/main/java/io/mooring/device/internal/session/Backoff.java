package io.mooring.device.internal.session;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential with full jitter, so that a fleet which
 * lost its hub at one moment does not come back at one moment.
 */
public final class Backoff {
  /** Added to an assigned delay at the most, as a share of it. */
  private static final double ASSIGNED_JITTER = 0.2;

  /** "At once" is spread over this. */
  private static final Duration SOON = Duration.ofMillis(500);

  /**
   * So often the hub may say when to come back with no session that lasted in between, as each
   * restart of a rolling upgrade moves the device. Beyond it, it is a hub that sends its devices
   * round in circles.
   */
  private static final int MOVES = 6;

  private final Settings settings;
  private final RandomGenerator random;
  private int failures;
  private int moves;

  public Backoff(Settings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /** The session lasted: the next failure counts as the first. */
  void reset() {
    failures = 0;
    moves = 0;
  }

  Duration next(Verdict verdict) {
    Duration least = verdict.least();
    if (verdict.action() == Verdict.Action.RECONNECT && least != null && moves < MOVES) {
      // The hub has ordered it and said when: no failure, whatever came before.
      moves++;
      return atLeast(least);
    }
    int before = failures;
    failures = Math.min(failures + 1, 62);
    Duration own =
        switch (verdict.action()) {
          // A second one in a row did not help: then it is like any other failure.
          case RECONNECT -> before == 0 ? upTo(SOON) : exponential(before);
          case BACK_OFF -> exponential(before);
          case STAY_AWAY -> atLeast(settings.stayAway());
        };
    return least == null ? own : longer(atLeast(least), own);
  }

  private Duration exponential(int failuresBefore) {
    long base = settings.base().toNanos();
    long cap = settings.cap().toNanos();
    long top = base > cap >> failuresBefore ? cap : base << failuresBefore;
    return upTo(Duration.ofNanos(top));
  }

  private Duration upTo(Duration top) {
    return Duration.ofNanos((long) (random.nextDouble() * top.toNanos()));
  }

  private Duration atLeast(Duration least) {
    return least.plusNanos((long) (random.nextDouble() * ASSIGNED_JITTER * least.toNanos()));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /**
   * @param base the most the first delay may be; doubles with each failure
   * @param cap the most any delay may be
   * @param stayAway between attempts when the hub refuses this device
   */
  public record Settings(Duration base, Duration cap, Duration stayAway) {}
}
