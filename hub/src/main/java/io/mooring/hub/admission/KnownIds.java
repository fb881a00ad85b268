package io.mooring.hub.admission;

/**
 * Ids of credentials that exist, as far as this hub knows: whoever shows one of these is no
 * guesser, and is looked at where others are turned away. Nothing else follows from being in here.
 * A fixed size, 2 MiB, with room for more devices than a hub serves; when a place is full the
 * newest takes it. Safe for all threads.
 */
public final class KnownIds {
  /** The same id may stand in any of so many neighbouring places. */
  private static final int WAYS = 32;

  private static final int PLACES = 1 << 18;

  private final long[] hashes = new long[PLACES];

  /** A credential of this id exists. */
  public synchronized void add(String id) {
    long hash = hash(id);
    int first = first(hash);
    int place = first + (int) (hash >>> 59);
    for (int i = first; i < first + WAYS; i++) {
      if (hashes[i] == hash) {
        return;
      }
      if (hashes[i] == 0) {
        place = i;
      }
    }
    hashes[place] = hash;
  }

  synchronized boolean contains(String id) {
    long hash = hash(id);
    int first = first(hash);
    for (int i = first; i < first + WAYS; i++) {
      if (hashes[i] == hash) {
        return true;
      }
    }
    return false;
  }

  private static int first(long hash) {
    return (int) (hash & (PLACES - 1)) & -WAYS;
  }

  private static long hash(String id) {
    long hash = 1;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash == 0 ? 1 : hash;
  }
}
