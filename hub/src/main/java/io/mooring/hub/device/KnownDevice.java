package io.mooring.hub.device;

import org.jspecify.annotations.Nullable;

/**
 * A device with what is known of its connection.
 *
 * @param connection null: it has never been seen
 */
public record KnownDevice(Device device, @Nullable LastConnection connection) {
  public PresenceState state() {
    return connection == null ? PresenceState.NEVER_SEEN : connection.state();
  }
}
