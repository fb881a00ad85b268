package io.mooring.hub.app;

import io.mooring.hub.telemetry.TelemetryWrites;
import io.mooring.hub.web.Rates;
import java.util.ArrayDeque;
import java.util.Deque;

/** How much is stored a second: the mean of the last ten. Sampled once a second. */
final class StoredRates implements Rates {
  private static final int SECONDS = 10;

  private record Sample(long nanos, long readings, long values) {}

  private final TelemetryWrites writes;
  private final Deque<Sample> samples = new ArrayDeque<>();

  StoredRates(TelemetryWrites writes) {
    this.writes = writes;
    sample();
  }

  synchronized void sample() {
    samples.add(new Sample(System.nanoTime(), writes.storedReadings(), writes.storedValues()));
    if (samples.size() > SECONDS + 1) {
      samples.remove();
    }
  }

  @Override
  public synchronized double readingsPerSecond() {
    return perSecond(samples.getLast().readings() - samples.getFirst().readings());
  }

  @Override
  public synchronized double valuesPerSecond() {
    return perSecond(samples.getLast().values() - samples.getFirst().values());
  }

  private double perSecond(long count) {
    long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
    return nanos == 0 ? 0 : count * 1e9 / nanos;
  }
}
