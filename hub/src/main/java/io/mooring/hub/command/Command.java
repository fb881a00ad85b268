package io.mooring.hub.command;

import io.mooring.hub.db.Timestamps;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command as it stands in the table. */
@SuppressWarnings("ArrayRecordComponent") // payloads are never compared
public record Command(
    UUID id,
    long ordinal,
    int deviceKey,
    String name,
    String contentType,
    byte[] payload,
    CommandState state,
    int attempts,
    @Nullable Long epoch,
    Instant createdAt,
    Instant changedAt,
    Instant expiresAt,
    @Nullable Answer answer) {

  /** What the device (or, for expired and undeliverable ones, the hub) said at the end. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(String contentType, byte[] payload, String message) {}

  /** One line of a command's history. */
  public record Transition(
      CommandState state, Instant at, String node, @Nullable Long epoch, String cause) {}

  /**
   * What a caller asks for.
   *
   * @param caller who asks: idempotency keys are the caller's own
   * @param idempotencyKey null: every request is a new command
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(
      int deviceKey,
      String name,
      String contentType,
      byte[] payload,
      Instant expiresAt,
      java.time.Duration ttl,
      String caller,
      @Nullable String idempotencyKey) {
    public Request {
      expiresAt = Timestamps.kept(expiresAt);
    }
  }
}
