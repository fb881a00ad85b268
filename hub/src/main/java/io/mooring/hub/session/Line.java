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
  private static final long LONGEST_ROUND_TRIP_US = 60_000_000;

  private final LongSupplier ticks;
  private volatile long heardAt;
  private volatile long reassuredAt;
  private volatile long notedAt;
  private volatile long welcomedUs = Long.MAX_VALUE;
  private volatile boolean held;

  // Both are the sweeper's own.
  private long pardoned;
  private long pardonedSince;

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

  /** When the newest frame came, by the clock that never jumps. */
  long heardAt() {
    return heardAt;
  }

  /** The hub does not read the socket for now: silence is the hub's own doing. */
  void held() {
    reassuredAt = heardAt;
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

  /** The hub stood still for so long: that much of the silence since the last frame is its own. */
  void pardon(long nanos) {
    long heard = heardAt;
    long own = Math.min(nanos, Math.max(0, ticks.getAsLong() - heard));
    pardoned = pardonedSince == heard ? pardoned + own : own;
    pardonedSince = heard;
  }

  /** Nanoseconds since the last frame without those in which the hub stood still. */
  long blamedNanos() {
    long heard = heardAt;
    long silent = Math.max(0, ticks.getAsLong() - heard);
    return pardonedSince == heard ? Math.max(0, silent - pardoned) : silent;
  }

  /**
   * Whether an interval has passed since the device last heard why it is not read; if so, notes
   * now.
   */
  boolean reassure(long intervalNanos) {
    long now = ticks.getAsLong();
    boolean due = now - reassuredAt >= intervalNanos;
    if (due) {
      reassuredAt = now;
    }
    return due;
  }

  /** The hub's time in Welcome: the device can echo none before it. */
  void welcomed(long nowUs) {
    welcomedUs = nowUs;
    notedAt = heardAt;
  }

  /**
   * Whether the device was heard so long after the table was told last when it was; if so, takes it
   * as told.
   */
  boolean isToBeNoted(long afterNanos) {
    boolean due = heardAt - notedAt >= afterNanos;
    if (due) {
      notedAt = heardAt;
    }
    return due;
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
    boolean ours = heartbeat.hubTimeUs() >= welcomedUs && heartbeat.hubTimeUs() <= nowUs;
    boolean sane = heartbeat.heldUs() >= 0 && heartbeat.timeUs() >= 0;
    if (ours && sane && roundTrip >= 0 && roundTrip < LONGEST_ROUND_TRIP_US) {
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
