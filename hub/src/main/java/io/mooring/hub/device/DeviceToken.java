package io.mooring.hub.device;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device's token without its secret.
 *
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 * @param revokedCause {@code operator}, {@code rotated} or {@code superseded}; null: not revoked
 * @param replaces the token in whose session this one was handed over; null: it was issued by hand
 * @param unproven handed over, and has not opened a session yet
 * @param lastUsedAt when a connection was last let in by it, to five minutes; null: never
 * @param lastUsedAddress where that came from; null: never used
 */
public record DeviceToken(
    String id,
    String name,
    Instant createdAt,
    Instant notBefore,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedCause,
    @Nullable String replaces,
    boolean unproven,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedAddress) {}
