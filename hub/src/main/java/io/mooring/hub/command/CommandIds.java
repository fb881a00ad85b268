package io.mooring.hub.command;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Ids of commands and jobs: UUIDs of version 7 whose 12 bits after the milliseconds count, so that
 * within a run of the hub they rise strictly, and lists by id are lists by time.
 */
public final class CommandIds {
  private static final int COUNTER_BITS = 12;
  private static final long COUNTER = (1L << COUNTER_BITS) - 1;

  private final InstantSource clock;
  private final RandomGenerator random;

  /** Milliseconds and counter of the newest id. More than 4096 in one borrow from the next. */
  private final AtomicLong newest = new AtomicLong();

  public CommandIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  public UUID next() {
    long now = clock.millis() << COUNTER_BITS;
    long counted = newest.updateAndGet(before -> Math.max(now, before + 1));
    long high = ((counted >>> COUNTER_BITS) << 16) | 0x7000L | (counted & COUNTER);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** No id of this time or later is below it, and none of an earlier time is above it. */
  static UUID lowest(Instant time) {
    long millis = Math.max(0, Math.min(time.toEpochMilli(), (1L << 48) - 1));
    return new UUID((millis << 16) | 0x7000L, 0x8000_0000_0000_0000L);
  }
}
