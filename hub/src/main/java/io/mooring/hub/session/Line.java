package io.mooring.hub.session;

import io.mooring.hub.wire.Inbound;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session's line: when the device was last heard, how far away it is, and how
 * its clock stands.
 */
final class Line {
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final LongSupplier ticks;
  private volatile long heardAt;
  private volatile boolean held;
  private volatile boolean suspect;
  private volatile long roundTripUs = UNKNOWN;
  private volatile long clockOffsetUs = UNKNOWN;

  Line(LongSupplier ticks) {
    this.ticks = ticks;
    this.heardAt = ticks.getAsLong();
  }

  /** Any frame is a sign of life. */
  void heard() {
    heardAt = ticks.getAsLong();
  }

  /** The hub does not read the socket for now: silence is the hub's own doing. */
  void held() {
    held = true;
  }

  void released() {
    heardAt = ticks.getAsLong();
    held = false;
  }

  boolean isHeld() {
    return held;
  }

  /** Nanoseconds since the last frame. */
  long silentNanos() {
    return Math.max(0, ticks.getAsLong() - heardAt);
  }

  boolean isSuspect() {
    return suspect;
  }

  void suspect(boolean now) {
    suspect = now;
  }

  /**
   * Round trip and offset as in PROTOCOL.md; a heartbeat that echoes nothing yet measures nothing.
   */
  void measured(Inbound.Heartbeat heartbeat, long nowUs) {
    long roundTrip = nowUs - heartbeat.hubTimeUs() - heartbeat.heldUs();
    // Anything else is a device's mistake, and would only mislead.
    if (heartbeat.hubTimeUs() > 0 && roundTrip >= 0 && roundTrip < 60_000_000) {
      roundTripUs = roundTrip;
      clockOffsetUs = heartbeat.timeUs() + roundTrip / 2 - nowUs;
    }
  }

  /** Null: not measured yet. */
  @Nullable Long roundTripUs() {
    long us = roundTripUs;
    return us == UNKNOWN ? null : us;
  }

  /** The device's clock minus the hub's; null: not measured yet. */
  @Nullable Long clockOffsetUs() {
    long us = clockOffsetUs;
    return us == UNKNOWN ? null : us;
  }
}
