package io.mooring.hub.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a user is, as a set of scopes. */
public enum Role {
  VIEWER(Scope.DEVICES_READ, Scope.TELEMETRY_READ),
  OPERATOR(Scope.DEVICES_READ, Scope.TELEMETRY_READ, Scope.DEVICES_WRITE, Scope.COMMANDS_SEND),
  ADMIN(Scope.values());

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.copyOf
  private final Set<Scope> scopes;

  Role(Scope... scopes) {
    this.scopes = Set.copyOf(EnumSet.of(scopes[0], scopes));
  }

  public Set<Scope> scopes() {
    return scopes;
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The table's check constraint allows no other text. */
  static Role of(String text) {
    return find(text).orElseThrow();
  }

  public static Optional<Role> find(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }
}
