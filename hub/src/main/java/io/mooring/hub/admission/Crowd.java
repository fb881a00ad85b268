package io.mooring.hub.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many there are of each, such as sockets of an address; no entry for none, so it is as large
 * as what it counts. Safe for all threads.
 */
public final class Crowd<K> {
  private final Map<K, Integer> counts = new ConcurrentHashMap<>();

  public void entered(K key) {
    counts.merge(key, 1, Integer::sum);
  }

  public void left(K key) {
    counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  public int of(K key) {
    return counts.getOrDefault(key, 0);
  }
}
