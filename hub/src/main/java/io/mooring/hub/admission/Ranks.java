package io.mooring.hub.admission;

import java.util.BitSet;

/**
 * Numbers for those who are there: each has one of its own, always the smallest that is free, so
 * that none is higher than there were at a time. Safe for all threads.
 */
public final class Ranks {
  private final BitSet taken = new BitSet();

  /** None below it is free. */
  private int from;

  public synchronized int take() {
    int free = taken.nextClearBit(from);
    taken.set(free);
    from = free + 1;
    return free;
  }

  public synchronized void leave(int rank) {
    taken.clear(rank);
    from = Math.min(from, rank);
  }
}
