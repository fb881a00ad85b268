package io.mooring.hub.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of the audit log are asked for; null: all.
 *
 * @param who a user's name in any case, a key's id or name, {@code first-start} or {@code
 *     command-line}
 * @param action {@code user.create}, or {@code user} for all that is done to users
 * @param target {@code devices/pump-7}, and all below it
 * @param from made at this time or later
 * @param to made before this time
 */
public record AuditFilter(
    @Nullable String who,
    @Nullable String action,
    @Nullable String target,
    @Nullable Instant from,
    @Nullable Instant to) {
  public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null);
}
