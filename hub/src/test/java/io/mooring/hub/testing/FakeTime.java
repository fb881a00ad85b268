package io.mooring.hub.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock, and ticks, that stand still until they are moved. */
public final class FakeTime implements InstantSource, LongSupplier {
  private final Instant start;
  private final AtomicLong nanos = new AtomicLong();

  public FakeTime(Instant start) {
    this.start = start;
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.get());
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }
}
