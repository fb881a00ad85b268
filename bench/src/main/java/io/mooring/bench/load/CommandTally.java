package io.mooring.bench.load;

import java.util.concurrent.atomic.AtomicLong;

/** What devices count of their commands. Written on the loop's thread, read by any. */
public final class CommandTally {
  private final AtomicLong carriedOut = new AtomicLong();
  private final AtomicLong outOfOrder = new AtomicLong();
  private final AtomicLong stored = new AtomicLong();
  private volatile long lastCarriedOutAt;
  private volatile long lastStoredAt;

  /** Commands carried out so far. */
  public long carriedOut() {
    return carriedOut.get();
  }

  /** Those of them that were not the next one of their device: one was left out, or came twice. */
  public long outOfOrder() {
    return outOfOrder.get();
  }

  /** Commands whose answer the hub has stored. */
  public long stored() {
    return stored.get();
  }

  /** When the newest command was carried out, by {@link System#nanoTime}. */
  public long lastCarriedOutAt() {
    return lastCarriedOutAt;
  }

  /** When the newest answer was known to be stored. */
  public long lastStoredAt() {
    return lastStoredAt;
  }

  void carryOut(boolean inOrder, long now) {
    lastCarriedOutAt = now;
    carriedOut.incrementAndGet();
    if (!inOrder) {
      outOfOrder.incrementAndGet();
    }
  }

  void store(long now) {
    lastStoredAt = now;
    stored.incrementAndGet();
  }
}
