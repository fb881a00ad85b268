package io.mooring.device.internal.session;

/**
 * When to send a heartbeat, and when to give the hub up. Times are those of the monotonic clock, in
 * nanoseconds.
 */
final class Liveness {
  private final long interval;
  private long lastSent;
  private long lastReceived;
  private long lastHeartbeat;

  Liveness(long intervalNanos, long now) {
    interval = intervalNanos;
    lastSent = now;
    lastReceived = now;
    lastHeartbeat = now;
  }

  void sent(long now) {
    lastSent = now;
  }

  void received(long now) {
    lastReceived = now;
  }

  void heartbeatSent(long now) {
    lastSent = now;
    lastHeartbeat = now;
  }

  /** The hub has not been heard of for two and a half intervals. */
  boolean isHubSilent(long now) {
    return now - silentAt() >= 0;
  }

  boolean isHeartbeatDue(long now) {
    return now - heartbeatAt() >= 0;
  }

  /** Nanoseconds until something may be due. */
  long nextCheckIn(long now) {
    return Math.max(0, Math.min(heartbeatAt() - now, silentAt() - now));
  }

  private long silentAt() {
    return lastReceived + 2 * interval + interval / 2;
  }

  /**
   * One interval after we last said anything, or after the hub did: only a heartbeat obliges it to
   * answer. A busy line sees one in every four intervals still, for the clocks.
   */
  private long heartbeatAt() {
    long quiet = lastSent + interval;
    long unheard = later(lastReceived, lastHeartbeat) + interval;
    long clocks = lastHeartbeat + 4 * interval;
    return earlier(earlier(quiet, unheard), clocks);
  }

  private static long later(long a, long b) {
    return a - b >= 0 ? a : b;
  }

  private static long earlier(long a, long b) {
    return a - b <= 0 ? a : b;
  }
}
