package io.mooring.hub.device;

import java.util.Arrays;
import java.util.Optional;

/** Whether a device is there. */
public enum PresenceState {
  ONLINE("online"),
  SUSPECT("suspect"),
  OFFLINE("offline"),
  /** No session ever: the presence table holds no row. */
  NEVER_SEEN("never-seen");

  private final String text;

  PresenceState(String text) {
    this.text = text;
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return text;
  }

  public static Optional<PresenceState> of(String text) {
    return Arrays.stream(values()).filter(state -> state.text.equals(text)).findFirst();
  }
}
