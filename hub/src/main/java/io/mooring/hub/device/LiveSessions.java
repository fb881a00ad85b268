package io.mooring.hub.device;

import java.util.Optional;

/** What only a live session knows of its line. */
public interface LiveSessions {
  /**
   * The measure of the newest heartbeat.
   *
   * @param roundTripMs to the device and back, in milliseconds
   * @param clockOffsetMs the device's clock minus the hub's, in milliseconds
   */
  record Live(double roundTripMs, double clockOffsetMs) {}

  /** Empty when the device has no session here, or none that has measured yet. Must not block. */
  Optional<Live> of(int deviceKey);
}
