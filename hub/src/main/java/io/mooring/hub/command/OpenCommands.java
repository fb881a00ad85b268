package io.mooring.hub.command;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many unfinished commands each device has, those about to be accepted included. Safe for all
 * threads.
 */
final class OpenCommands {
  private final Map<Integer, Integer> byDevice = new ConcurrentHashMap<>();

  void putAll(Map<Integer, Integer> counts) {
    byDevice.putAll(counts);
  }

  /** One more; how many there are with it. */
  int add(int deviceKey) {
    return byDevice.merge(deviceKey, 1, Integer::sum);
  }

  void remove(int deviceKey) {
    byDevice.computeIfPresent(deviceKey, (_, open) -> open > 1 ? open - 1 : null);
  }

  /** As the table has it. */
  void set(int deviceKey, int count) {
    byDevice.put(deviceKey, count);
  }

  /** The device has none any more. */
  void forget(int deviceKey) {
    byDevice.remove(deviceKey);
  }

  long total() {
    return byDevice.values().stream().mapToLong(Integer::longValue).sum();
  }
}
