package io.mooring.device;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the device stands with the hub.
 *
 * @param reason for people: why the connection was lost or refused; empty in the other phases
 * @param retryIn time from the change to the next attempt; null in phases that wait for none
 */
public record DeviceState(Phase phase, String reason, @Nullable Duration retryIn) {

  /** What the device is doing. */
  public enum Phase {
    /** An attempt is under way. */
    CONNECTING,
    /** The hub has welcomed this device; readings and commands flow. */
    CONNECTED,
    /** The connection was lost or did not come about; the next attempt comes by itself. */
    WAITING,
    /**
     * The hub wants nothing of this device: the token is unknown, revoked or expired, the device is
     * disabled, or the hub does not speak this version of the protocol. Somebody has to act; the
     * device tries again rarely (once an hour by default), so that it recovers by itself once
     * somebody has.
     */
    REFUSED,
    /** {@link Device#close} was called; final. */
    CLOSED
  }

  static DeviceState of(Phase phase) {
    return new DeviceState(phase, "", null);
  }

  /** Whether readings and commands flow. */
  public boolean isConnected() {
    return phase == Phase.CONNECTED;
  }
}
