package io.mooring.e2e.chaos;

import java.time.Duration;

/**
 * The time of a trial. It stands still while the hub takes long to come back: on a busy machine it
 * would be killed again before it has done anything, and no command would ever flow.
 */
final class Pace {
  /** Faults may well come while the hub starts. */
  private static final long GRACE = Duration.ofSeconds(2).toNanos();

  private long last = System.nanoTime();
  private long lived;
  private long away;

  /** How much time has passed; called again and again. */
  Duration look(boolean hubIsReady) {
    long now = System.nanoTime();
    long passed = now - last;
    last = now;
    away = hubIsReady ? 0 : away + passed;
    if (away <= GRACE) {
      lived += passed;
    }
    return Duration.ofNanos(lived);
  }
}
