package io.mooring.hub.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An integrator's key without its secret.
 *
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 */
public record ApiKey(
    String id,
    String name,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {}
