package io.mooring.hub.app;

import io.mooring.hub.db.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What must be possible before anybody has a key: straight on the database. Everything else goes
 * through the API of a running hub.
 */
@SuppressWarnings({"DoNotCallSuggester", "unused"}) // a stub until package access is merged
public final class FirstAccess {
  private FirstAccess() {}

  public static FirstAccess on(Database database) {
    throw new UnsupportedOperationException("package access is not merged yet");
  }

  /** Makes the first operator where there is none; the password is shown by nobody else. */
  public Optional<String> createAdmin() {
    throw new UnsupportedOperationException();
  }

  /** The name of the operator that {@link #createAdmin} makes. */
  public String adminName() {
    return "admin";
  }

  /**
   * Issues an API key.
   *
   * @param scopes as in the API document
   * @param expiresAt null: never
   * @throws IllegalArgumentException for a scope that does not exist
   */
  public String issueKey(String name, List<String> scopes, @Nullable Instant expiresAt) {
    throw new UnsupportedOperationException();
  }

  /** Whether a key opens this hub now. */
  public boolean isValid(String key) {
    throw new UnsupportedOperationException();
  }
}
