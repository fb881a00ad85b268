package io.mooring.hub.access;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who signs in to the admin page.
 *
 * @param enabled may sign in
 * @param lastSignInAt null: never
 * @param passwordExpiresAt the password is a one-time one that opens until then; null: the user
 *     chose it
 */
public record User(
    String name,
    Role role,
    boolean enabled,
    Instant createdAt,
    @Nullable Instant lastSignInAt,
    @Nullable Instant passwordExpiresAt) {

  /** Another one after each change of what an admin may edit, and of no other user. */
  public String version() {
    return "%d-%s-%s"
        .formatted(
            ChronoUnit.MICROS.between(Instant.EPOCH, createdAt),
            role.text(),
            enabled ? "enabled" : "disabled");
  }

  /** Whether the password is a one-time one that opens no more. */
  boolean isTooLate(Instant now) {
    return passwordExpiresAt != null && !now.isBefore(passwordExpiresAt);
  }

  /** With a one-time password nothing may be done but to choose another. */
  public boolean mustChangePassword() {
    return passwordExpiresAt != null;
  }
}
