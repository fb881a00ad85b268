package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.Timestamps;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command as it stands in the table.
 *
 * @param epoch the session that was last sent it; null: none
 * @param progress what the device said last of a long command; null: nothing
 * @param retryOf the ended command that this one tries again; null: none
 */
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
    @Nullable Answer answer,
    @Nullable Progress progress,
    @Nullable UUID retryOf) {

  /**
   * What the device said at the end.
   *
   * @param retryable a failure that may go well another time
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(String contentType, byte[] payload, String message, boolean retryable) {}

  /** How far the device is, by its own words. */
  public record Progress(int percent, String message, Instant at) {}

  /**
   * What stands in the way of a queued command.
   *
   * @param before unfinished commands of the device that were accepted earlier
   * @param underWay commands the device was sent and has not answered
   */
  public record Standing(int before, int underWay) {}

  /** One line of a command's history. */
  public record Transition(
      CommandState state, Instant at, String node, @Nullable Long epoch, String cause) {}

  /**
   * What a caller asks for.
   *
   * @param caller who asks, and from where: idempotency keys are the caller's own
   * @param idempotencyKey null: every request is a new command
   * @param retryOf the ended command that is to be tried again; null: none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(
      int deviceKey,
      String name,
      String contentType,
      byte[] payload,
      Instant expiresAt,
      java.time.Duration ttl,
      Actor caller,
      @Nullable String idempotencyKey,
      @Nullable UUID retryOf) {
    public Request {
      expiresAt = Timestamps.kept(expiresAt);
    }
  }
}
