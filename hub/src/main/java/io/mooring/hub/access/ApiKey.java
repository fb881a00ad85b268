package io.mooring.hub.access;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An integrator's key without its secret.
 *
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 * @param lastUsedAt to a minute; null: never
 * @param lastUsedAddress where the last use came from; null: never used
 */
public record ApiKey(
    String id,
    String name,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedAddress) {

  /** The same key, used. */
  ApiKey used(Instant at, String address) {
    return new ApiKey(id, name, scopes, createdAt, expiresAt, revokedAt, at, address);
  }

  /** As people read them. */
  public List<String> scopeTexts() {
    return scopes.stream().sorted().map(Scope::text).toList();
  }
}
