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
 * @param job the job it belongs to; null: none
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
    @Nullable UUID retryOf,
    @Nullable UUID job) {

  /**
   * What the device said at the end.
   *
   * @param retryable whether what failed may go well another time; null: it does not say
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(
      String contentType, byte[] payload, String message, @Nullable Boolean retryable) {}

  /** How far the device is, by its own words. */
  public record Progress(int percent, String message, Instant at) {}

  /**
   * What stands in the way of an unfinished command.
   *
   * @param before unfinished commands of the device that were accepted earlier
   * @param underWay commands the device was sent and has not answered
   * @param front the earliest of those before; null: there are none
   */
  public record Standing(int before, int underWay, @Nullable Front front) {}

  /** The one that the others of its device wait for. */
  public record Front(UUID id, String name, CommandState state) {}

  /** One line of a command's history. */
  public record Transition(
      CommandState state, Instant at, String node, @Nullable Long epoch, String cause) {}

  /**
   * What a caller asks for.
   *
   * @param caller who asks: idempotency keys are the caller's own
   * @param by whom the audit log is to name; null: the entry of its job names who asked
   * @param idempotencyKey null: every request is a new command
   * @param retryOf the ended command that is to be tried again; null: none
   * @param job the job that releases the device by it; null: none
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
      @Nullable Actor by,
      @Nullable String idempotencyKey,
      @Nullable UUID retryOf,
      @Nullable UUID job) {
    public Request {
      expiresAt = Timestamps.kept(expiresAt);
    }

    /** One that belongs to no job. */
    public Request(
        int deviceKey,
        String name,
        String contentType,
        byte[] payload,
        Instant expiresAt,
        java.time.Duration ttl,
        Actor by,
        @Nullable String idempotencyKey,
        @Nullable UUID retryOf) {
      this(
          deviceKey,
          name,
          contentType,
          payload,
          expiresAt,
          ttl,
          by.text(),
          by,
          idempotencyKey,
          retryOf,
          null);
    }
  }
}
