package io.mooring.bench.scenario;

import io.mooring.bench.past.PastDevices;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/** One reader on a thread of its own: all kinds of reads in turns, one after the other. */
final class Reading implements AutoCloseable {
  private static final double MS = 1e6;

  private final Map<Read, Histogram> times = new EnumMap<>(Read.class);
  private final AtomicLong count = new AtomicLong();
  private final PastDevices past;
  private final Read.Reader reader;
  private final CompletableFuture<Void> running;
  private volatile boolean ended;

  /** Begins at once. */
  Reading(PastDevices past, Read.Reader reader) {
    this.past = past;
    this.reader = reader;
    for (Read what : Read.values()) {
      times.put(what, new Histogram(3));
    }
    running =
        CompletableFuture.runAsync(
            this::run, task -> Thread.ofPlatform().name("reader").daemon().start(task));
  }

  private void run() {
    RandomGenerator random = RandomGenerator.getDefault();
    try {
      // Each kind at least once, however short the run.
      while (!ended || count.get() == 0) {
        for (Map.Entry<Read, Histogram> one : times.entrySet()) {
          Read what = one.getKey();
          one.getValue().recordValue(reader.read(what, what.device(past, random)));
          count.incrementAndGet();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("COPY: " + e.getMessage(), e);
    }
  }

  /** Reads so far; for any thread. */
  long count() {
    return count.get();
  }

  /** Fails when an answer was wrong or missing. */
  void check() {
    if (running.isCompletedExceptionally()) {
      running.join();
    }
  }

  /** Reads no more; fails as {@link #check} does. */
  void end() {
    ended = true;
    running.join();
  }

  /** How long one kind took, once it has ended. */
  double ms(Read what, double percentile) {
    Histogram histogram = times.get(what);
    if (histogram == null) {
      throw new IllegalStateException("not read: " + what);
    }
    return histogram.getValueAtPercentile(percentile) / MS;
  }

  @Override
  public void close() {
    ended = true;
    Object _ = running.handle((_, _) -> ended).join();
  }
}
