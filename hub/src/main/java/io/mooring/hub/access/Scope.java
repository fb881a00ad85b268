package io.mooring.hub.access;

import java.util.Arrays;
import java.util.Optional;

/** What a caller may do. */
public enum Scope {
  DEVICES_READ("devices:read"),
  DEVICES_WRITE("devices:write"),
  COMMANDS_SEND("commands:send"),
  TELEMETRY_READ("telemetry:read"),
  /** Everything, and the only scope that manages users and API keys and reads the audit log. */
  ADMIN("admin");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return text;
  }

  public static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }
}
