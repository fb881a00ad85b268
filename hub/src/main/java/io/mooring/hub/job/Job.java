package io.mooring.hub.job;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.command.JobCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands in the table.
 *
 * @param cause what brought it into its state
 * @param cancelling it has ended, and commands that devices do not have yet are being cancelled
 * @param wave the wave that began last; 0: none
 * @param waveAt when it began
 */
public record Job(
    UUID id,
    Order order,
    JobState state,
    String cause,
    boolean cancelling,
    int wave,
    @Nullable Instant waveAt,
    Instant createdAt,
    Instant changedAt,
    @Nullable Instant endedAt,
    JobCounts counts) {

  /**
   * What a job is to do.
   *
   * @param ttl of each command, from its release
   * @param tags of the devices it was made for; null: they were listed
   * @param caller who asked for it, as {@link Actor#text}
   */
  @SuppressWarnings("ArrayRecordComponent") // payloads are never compared
  public record Order(
      @Nullable String title,
      String name,
      String contentType,
      byte[] payload,
      Duration ttl,
      @Nullable Map<String, String> tags,
      Rollout rollout,
      @Nullable AbortRule abort,
      String caller) {}

  /**
   * What a caller asks for.
   *
   * @param by who asks, and from where
   * @param devices ids, each once; null: those that have the order's tags
   * @param idempotencyKey null: every request is a new job
   * @param digest of what must be equal in two requests with the same key
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(
      Order order,
      Actor by,
      @Nullable List<String> devices,
      @Nullable String idempotencyKey,
      byte[] digest) {}

  /** How a request ended. */
  public sealed interface Created {
    /** Durable; {@code repeated}: an earlier request with the same idempotency key made it. */
    record Durable(Job job, boolean repeated) implements Created {}

    /** The idempotency key belongs to another request. */
    record KeyTaken(UUID by) implements Created {}

    /** As many jobs are unfinished as there may be. */
    record TooManyJobs(int unfinished) implements Created {}

    /** No device has these ids; some of many. */
    record UnknownDevices(List<String> ids) implements Created {}

    /** No device has the tags. */
    record NoDevices() implements Created {}

    /** More devices have the tags than a job may have. */
    record TooManyDevices(int most) implements Created {}
  }

  /**
   * A line of the report.
   *
   * @param place from 1, in the order of release
   * @param command null: none yet, or it is deleted already
   * @param message what is to be said of its end; null: nothing
   */
  public record DeviceLine(
      int place,
      String device,
      JobCounts.State state,
      @Nullable UUID command,
      Instant changedAt,
      @Nullable String message) {}
}
