package io.mooring.hub.telemetry;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hours of devices in which small batches were stored after the hour had been merged: they are
 * merged again. Only a note: what does not fit, or is lost with the process, stays as small rows.
 * Safe for all threads.
 */
public final class LateHours {
  static final long HOUR_US = Duration.ofHours(1).toNanos() / 1_000;
  private static final long FURTHEST_US = SmallBatchMerge.FURTHEST.toNanos() / 1_000;
  private static final int MOST = 100_000;

  /**
   * @param hour since 1970
   */
  record DeviceHour(int deviceKey, long hour) {}

  private final Set<DeviceHour> noted = ConcurrentHashMap.newKeySet();
  private volatile long mergedBeforeUs = Long.MIN_VALUE / 2;

  /** A batch is stored. One comparison, but for late ones. */
  void stored(int deviceKey, long timeUs, int readings) {
    long before = mergedBeforeUs;
    if (timeUs < before
        && timeUs >= before - FURTHEST_US
        && readings <= SmallBatchMerge.SMALL_READINGS
        && noted.size() < MOST) {
      noted.add(new DeviceHour(deviceKey, Math.floorDiv(timeUs, HOUR_US)));
    }
  }

  void mergedBefore(long timeUs) {
    mergedBeforeUs = timeUs;
  }

  @Nullable DeviceHour poll() {
    var all = noted.iterator();
    if (!all.hasNext()) {
      return null;
    }
    DeviceHour one = all.next();
    noted.remove(one);
    return one;
  }
}
