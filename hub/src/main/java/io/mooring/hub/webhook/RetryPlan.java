package io.mooring.hub.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a delivery that failed is tried again: soon at first, then more and more seldom, for a day.
 * Each wait is up to a fifth shorter or longer, so that what failed together does not come back
 * together. The last attempt is made when the day is over.
 */
record RetryPlan(RandomGenerator random) {
  static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(4),
          Duration.ofHours(6));

  static final Duration DAY = Duration.ofDays(1);

  /** What an endpoint may ask for by Retry-After. */
  static final Duration LONGEST_ASKED = Duration.ofHours(6);

  private static final double SPREAD = 0.2;

  /**
   * The next attempt; null: it is given up.
   *
   * @param attempts made so far, this one too
   * @param asked seconds of Retry-After; null: none
   */
  @Nullable Instant next(int attempts, Instant first, Instant now, @Nullable Long asked) {
    Instant end = first.plus(DAY);
    if (!now.isBefore(end)) {
      return null;
    }
    Duration usual = WAITS.get(Math.min(attempts, WAITS.size()) - 1);
    double factor = 1 - SPREAD + 2 * SPREAD * random.nextDouble();
    Duration wait = Duration.ofMillis((long) (usual.toMillis() * factor));
    if (asked != null) {
      Duration bounded = bounded(asked);
      wait = wait.compareTo(bounded) < 0 ? bounded : wait;
    }
    Instant next = now.plus(wait);
    return next.isBefore(end) ? next : end;
  }

  /** What an endpoint is granted of what it asks for, in seconds. */
  static Duration bounded(long asked) {
    return Duration.ofSeconds(Math.clamp(asked, 0, LONGEST_ASKED.toSeconds()));
  }
}
