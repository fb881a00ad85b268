package io.mooring.device;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the hub wants done.
 *
 * @param id the same however often the command is delivered
 * @param contentType media type of the payload, {@code application/json} where the caller said
 *     nothing
 * @param payload up to 32 KiB, may be empty; the caller's own bytes, not checked by the hub against
 *     anything
 * @param attempt 1 for the first delivery
 * @param expiresAt when the hub gives the command up, by its own clock; null: never
 * @param progress tells the caller how far the command is; worth it for one that takes longer than
 *     a few seconds
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy per call would be dearer
public record Command(
    UUID id,
    String name,
    String contentType,
    byte[] payload,
    int attempt,
    @Nullable Instant expiresAt,
    Progress progress) {

  /** The payload as UTF-8 text. */
  public String payloadAsString() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** Without the payload, which may be secret. */
  @Override
  public String toString() {
    return "Command["
        + name
        + " "
        + id
        + ", "
        + payload.length
        + " bytes, attempt "
        + attempt
        + "]";
  }
}
