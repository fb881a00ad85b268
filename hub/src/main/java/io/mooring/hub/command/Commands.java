package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What callers may do with commands. */
public interface Commands {
  /** How a request ended. */
  sealed interface Accepted {
    /** Durable; {@code repeated}: an earlier request with the same idempotency key made it. */
    record Durable(Command command, boolean repeated) implements Accepted {}

    /** The idempotency key belongs to another request. */
    record KeyTaken(UUID by) implements Accepted {}

    /**
     * The device has as many unfinished commands as it may have.
     *
     * @param most so many
     * @param ofThese those of them that are accepted by the same call
     */
    record QueueFull(int most, int ofThese) implements Accepted {}

    /** The device was deleted a moment ago. */
    record NoDevice() implements Accepted {}

    /** Its job does not run any more, or has not left the device waiting. */
    record NotReleased() implements Accepted {}
  }

  /**
   * Which commands a list holds; null: all.
   *
   * @param job only commands of this job
   * @param from accepted at this time or later
   * @param to accepted before this time
   */
  record Filter(
      @Nullable Integer deviceKey,
      @Nullable CommandState state,
      @Nullable String name,
      @Nullable UUID job,
      @Nullable Instant from,
      @Nullable Instant to) {}

  /** The hub that has the device does not answer, so it is not known what it does. */
  final class HubSilent extends RuntimeException {
    HubSilent(String node) {
      super(
          "Hub %s, which has the device's session, does not answer. It may cancel the command all the same: look at it, or try again."
              .formatted(node));
    }
  }

  /** Completes once the command is committed. */
  default CompletableFuture<Accepted> accept(Command.Request request) {
    return acceptAll(List.of(request)).thenApply(List::getFirst);
  }

  /**
   * A command on its way.
   *
   * @param accepted completes once it is committed
   * @param ended completes once it has ended, if it was accepted; to be cancelled by those who wait
   *     no longer
   */
  record Sending(CompletableFuture<Accepted> accepted, CompletableFuture<Command> ended) {}

  /** As {@link #accept}, for those who wait for its end too. */
  Sending send(Command.Request request);

  /** Completes with an outcome for each, in their order, once all are committed together. */
  CompletableFuture<List<Accepted>> acceptAll(List<Command.Request> requests);

  /**
   * Cancels a command unless the device is known to have it. Completes with the command as it
   * stands afterwards: cancelled, or in the state that forbade it.
   */
  CompletableFuture<Command> cancel(Command command, Actor caller);

  /**
   * Completes with the command once it has ended, at once when it already has. Cancel the future to
   * stop waiting.
   */
  CompletableFuture<Command> ended(UUID id);

  Optional<Command> find(int deviceKey, UUID id);

  /** Newest first; {@code before}: id of the last one of the page before. */
  List<Command> list(Filter filter, @Nullable UUID before, int limit);

  List<Command.Transition> transitions(UUID id);

  /** The newest command that tries this one again. */
  Optional<UUID> retriedBy(UUID id);

  /** What stands in the way of an unfinished command. */
  Command.Standing standing(Command command);

  /** Queued, sent or received, over the whole fleet. */
  long waiting();
}
