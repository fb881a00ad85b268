package io.mooring.hub.app;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.Role;
import io.mooring.hub.access.Scope;
import io.mooring.hub.access.User;
import io.mooring.hub.access.Users;
import io.mooring.hub.audit.Actor;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What must be possible before anybody has a key, or when nobody can sign in any more: straight on
 * the database. Everything else goes through the API of a running hub.
 */
public final class FirstAccess {
  private final Users users;
  private final ApiKeys keys;
  private final InstantSource clock;

  private FirstAccess(Users users, ApiKeys keys, InstantSource clock) {
    this.users = users;
    this.keys = keys;
    this.clock = clock;
  }

  /** On a migrated database. */
  public static FirstAccess on(Database database, HubConfig.Access access) {
    SecureRandom random = new SecureRandom();
    Passwords passwords = new Passwords(Passwords.ITERATIONS, random);
    return new FirstAccess(
        new Users(database, passwords, random, access.oneTimePasswordLifetime()),
        new ApiKeys(database, random),
        InstantSource.system());
  }

  /**
   * Makes the first user where there is none; the password is shown by nobody else.
   *
   * @param lasting whether the password may be kept, as that of a demo; else it is a one-time one
   */
  public Optional<String> createAdmin(boolean lasting) {
    return users.createFirst(lasting, Actor.firstStart(), clock.instant());
  }

  /** The name of the user that {@link #createAdmin} makes. */
  public String adminName() {
    return Users.FIRST;
  }

  /**
   * Adds a user with a one-time password; empty when the name is taken.
   *
   * @throws IllegalArgumentException for a name or a role that cannot be
   */
  public Optional<Users.Invited> createUser(String name, String role) {
    Role known =
        Role.find(role)
            .orElseThrow(() -> wrong(role, "role", Arrays.stream(Role.values()).map(Role::text)));
    return users.create(name, known, null, Actor.commandLine(), clock.instant());
  }

  public List<User> users() {
    return users.list();
  }

  /** A new one-time password; empty when there is no such user. */
  public Optional<Users.Invited> resetPassword(String name) {
    return users.resetPassword(name, Actor.commandLine(), clock.instant());
  }

  /** Turns a user off or on. */
  public Users.Outcome enableUser(String name, boolean enabled) {
    return users.change(name, null, enabled, _ -> true, Actor.commandLine(), clock.instant());
  }

  /**
   * Issues an API key, of what the API takes too.
   *
   * @param scopes as in the API document
   * @param expiresAt null: never
   * @throws IllegalArgumentException for a name, a scope or an end that cannot be
   */
  public String issueKey(String name, List<String> scopes, @Nullable Instant expiresAt) {
    Set<Scope> known = EnumSet.noneOf(Scope.class);
    for (String text : scopes) {
      known.add(
          Scope.of(text)
              .orElseThrow(
                  () -> wrong(text, "scope", Arrays.stream(Scope.values()).map(Scope::text))));
    }
    if (name.isEmpty()
        || name.codePointCount(0, name.length()) > 128
        || name.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a name has 1 to 128 characters, and no control characters");
    }
    if (known.isEmpty()) {
      throw new IllegalArgumentException("a key needs a scope");
    }
    if (expiresAt != null && !expiresAt.isAfter(clock.instant())) {
      throw new IllegalArgumentException("the end must lie in the future");
    }
    return keys.create(name, known, expiresAt, null, Actor.commandLine(), clock.instant())
        .secret()
        .reveal();
  }

  private static IllegalArgumentException wrong(String text, String what, Stream<String> known) {
    return new IllegalArgumentException(
        "\"%s\" is no %s; there are %s".formatted(text, what, String.join(", ", known.toList())));
  }

  /** Whether a key opens this hub now. */
  public boolean isValid(String key) {
    return keys.authenticate(key, "command-line", clock.instant())
        instanceof ApiKeys.Result.Authenticated;
  }
}
