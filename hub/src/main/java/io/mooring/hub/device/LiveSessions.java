package io.mooring.hub.device;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What only a live session knows of its line. */
public interface LiveSessions {
  /**
   * How the line stands.
   *
   * @param silent since the device's last frame
   * @param roundTripMs to the device and back, in milliseconds; null before the first heartbeat
   * @param clockOffsetMs the device's clock minus the hub's, in milliseconds; null likewise
   */
  record Live(Duration silent, @Nullable Double roundTripMs, @Nullable Double clockOffsetMs) {}

  /** Empty when the device has no session here. Must not block. */
  Optional<Live> of(int deviceKey);
}
