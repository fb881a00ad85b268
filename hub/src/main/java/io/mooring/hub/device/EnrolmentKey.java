package io.mooring.hub.device;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key with which new devices register themselves, without its secret.
 *
 * @param tags that its devices get
 * @param idPrefix what their ids begin with; empty: anything
 * @param uses devices it has registered
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 * @param lastUsedAt null: never used
 */
public record EnrolmentKey(
    String id,
    String name,
    Map<String, String> tags,
    String idPrefix,
    int maxUses,
    int uses,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedAddress) {}
