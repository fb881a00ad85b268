package io.mooring.bench.scenario;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.DoubleSupplier;

/**
 * The highest rate at which a hub let handshakes in, by its own counter. When its answers arrive
 * says less: they wait for a commit, and come in bunches. Of one thread.
 */
final class AdmissionRate {
  private static final long PAUSE = Duration.ofMillis(50).toNanos();
  private static final double SECOND = 1e9;

  /**
   * @param asked before the counter was read, and after it
   */
  private record Sample(long asked, long answered, double count) {}

  private final DoubleSupplier counter;

  /** The first is the newest that is a second old; all others are younger. */
  private final Deque<Sample> samples = new ArrayDeque<>();

  private double peak;

  AdmissionRate(DoubleSupplier counter) {
    this.counter = counter;
  }

  /** Called again and again; reads the counter when it is time. */
  void sample() {
    long now = System.nanoTime();
    if (!samples.isEmpty() && now - samples.getLast().asked() < PAUSE) {
      return;
    }
    double count = counter.getAsDouble();
    samples.add(new Sample(now, System.nanoTime(), count));
    Sample newest = samples.getLast();
    Sample before = samples.getFirst();
    while (newest.asked() - samples.getFirst().answered() >= SECOND) {
      before = samples.removeFirst();
    }
    // As long as it was at the most between the two readings, so that nothing is counted too high.
    double seconds = (newest.answered() - before.asked()) / SECOND;
    if (newest.asked() - before.answered() >= SECOND) {
      samples.addFirst(before);
      peak = Math.max(peak, (newest.count() - before.count()) / seconds);
    }
  }

  /** Handshakes a second; 0: it was not watched for a second. */
  double peakPerSecond() {
    return peak;
  }
}
