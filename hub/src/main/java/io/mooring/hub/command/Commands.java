package io.mooring.hub.command;

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

    /** The device has as many unfinished commands as it may have. */
    record QueueFull(int open) implements Accepted {}
  }

  /** Completes once the command is committed. */
  CompletableFuture<Accepted> accept(Command.Request request);

  /**
   * Completes with the command once it has ended, at once when it already has. Cancel the future to
   * stop waiting.
   */
  CompletableFuture<Command> ended(UUID id);

  Optional<Command> find(int deviceKey, UUID id);

  /** Newest first; {@code before}: ordinal of the last one of the page before. */
  List<Command> list(int deviceKey, @Nullable CommandState state, @Nullable Long before, int limit);

  List<Command.Transition> history(UUID id);

  /** Queued, sent or received, over the whole fleet. */
  long waiting();
}
