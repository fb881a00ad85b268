package io.mooring.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings devices back that lost their connection, each when the hub told it to, or else as the
 * protocol lets it back off; and notes how that went. Of the loop's thread only.
 */
final class Returns {
  private static final Pattern SLOT = Pattern.compile("^closed with 40.*retry-ms=(\\d+)");
  private static final Pattern REFUSED = Pattern.compile("Retry-After: (\\d+)");
  private static final double JITTER = 0.2;
  private static final double CAP_MS = 120_000;

  private record Due(long atNanos, Device device) {}

  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Queue<Due> due =
      new PriorityQueue<>((a, b) -> Long.signum(a.atNanos() - b.atNanos()));
  private List<Long> away = new ArrayList<>();

  /** From here on it is noted anew. */
  void forget() {
    away = new ArrayList<>();
  }

  void gone(Device device, String why, long now) {
    device.failures++;
    if (device.goneAt == 0) {
      device.goneAt = now;
    }
    due.add(new Due(now + (long) (delayMs(why, device.failures) * 1e6), device));
  }

  /** As the SDK does: an assigned delay and a fifth of it at the most, or full jitter. */
  private double delayMs(String why, int failures) {
    Matcher slot = SLOT.matcher(why);
    if (slot.find() && failures == 1) {
      return assigned(Long.parseLong(slot.group(1)));
    }
    double own = random.nextDouble() * Math.min(CAP_MS, 1_000 * Math.pow(2, failures - 1));
    Matcher refused = REFUSED.matcher(why);
    return refused.find() ? Math.max(own, assigned(1_000 * Long.parseLong(refused.group(1)))) : own;
  }

  private double assigned(long ms) {
    return ms * (1 + JITTER * random.nextDouble());
  }

  /** Those whose time has come. */
  List<Device> due(long now) {
    List<Device> devices = new ArrayList<>();
    while (!due.isEmpty() && due.element().atNanos() - now <= 0) {
      devices.add(due.remove().device());
    }
    return devices;
  }

  void opened(Device device, long now) {
    device.failures = 0;
    if (device.goneAt != 0) {
      away.add(now - device.goneAt);
      device.goneAt = 0;
    }
  }

  Fleet.Comeback comeback() {
    return new Fleet.Comeback(away.size(), percentileMs(50), percentileMs(99));
  }

  private double percentileMs(int percent) {
    List<Long> sorted = away.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) * percent / 100) / 1e6;
  }
}
