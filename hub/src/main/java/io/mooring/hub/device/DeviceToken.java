package io.mooring.hub.device;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device's token without its secret.
 *
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 */
public record DeviceToken(
    String id,
    String name,
    Instant createdAt,
    Instant notBefore,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {}
