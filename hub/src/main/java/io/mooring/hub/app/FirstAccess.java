package io.mooring.hub.app;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Operators;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.Scope;
import io.mooring.hub.db.Database;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must be possible before anybody has a key: straight on the database. Everything else goes
 * through the API of a running hub.
 */
public final class FirstAccess {
  private final Operators operators;
  private final ApiKeys keys;
  private final InstantSource clock;

  private FirstAccess(Operators operators, ApiKeys keys, InstantSource clock) {
    this.operators = operators;
    this.keys = keys;
    this.clock = clock;
  }

  /** On a migrated database. */
  public static FirstAccess on(Database database) {
    SecureRandom random = new SecureRandom();
    return new FirstAccess(
        new Operators(database, new Passwords(Passwords.ITERATIONS, random), random),
        new ApiKeys(database, random),
        InstantSource.system());
  }

  /** Makes the first operator where there is none; the password is shown by nobody else. */
  public Optional<String> createAdmin() {
    return operators.createFirst(clock.instant());
  }

  /** The name of the operator that {@link #createAdmin} makes. */
  public String adminName() {
    return Operators.FIRST;
  }

  /**
   * Issues an API key.
   *
   * @param scopes as in the API document
   * @param expiresAt null: never
   * @throws IllegalArgumentException for a scope that does not exist
   */
  public String issueKey(String name, List<String> scopes, @Nullable Instant expiresAt) {
    Set<Scope> known = EnumSet.noneOf(Scope.class);
    for (String text : scopes) {
      known.add(
          Scope.of(text)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "\"%s\" is no scope; there are %s"
                              .formatted(
                                  text,
                                  String.join(
                                      ", ",
                                      EnumSet.allOf(Scope.class).stream()
                                          .map(Scope::text)
                                          .toList())))));
    }
    return keys.create(name, known, expiresAt, clock.instant()).secret().reveal();
  }

  /** Whether a key opens this hub now. */
  public boolean isValid(String key) {
    return keys.authenticate(key, clock.instant()) instanceof ApiKeys.Result.Authenticated;
  }
}
