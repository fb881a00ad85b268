package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.GroupedLookup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Those who wait for commands to end. Safe for all threads. */
final class Waiters {
  /**
   * Of one command.
   *
   * @param accepted as it was accepted, so that its end need not be read; null: not known
   */
  private record Waiting(@Nullable Command accepted, List<CompletableFuture<Command>> all) {}

  private final CommandStore store;
  private final GroupedLookup<UUID, Command> ends;
  private final Map<UUID, Waiting> waiters = new ConcurrentHashMap<>();

  Waiters(CommandStore store, GroupedLookup<UUID, Command> ends) {
    this.store = store;
    this.ends = ends;
  }

  /** Waits for a command that was accepted just now, and was not sent yet. */
  void add(Command command, CompletableFuture<Command> waiter) {
    add(command.id(), command, waiter);
  }

  /** Waits for a command, which may have ended already. */
  void wait(UUID id, CompletableFuture<Command> waiter) {
    add(id, null, waiter);
    try {
      // It may have ended before anybody waited.
      store.find(id).filter(command -> !command.state().isOpen()).ifPresent(waiter::complete);
    } catch (DatabaseException e) {
      waiter.completeExceptionally(e);
    }
  }

  private void add(UUID id, @Nullable Command accepted, CompletableFuture<Command> waiter) {
    waiters.compute(
        id,
        (_, waiting) -> {
          Waiting all =
              waiting == null ? new Waiting(accepted, new CopyOnWriteArrayList<>()) : waiting;
          all.all.add(waiter);
          return all;
        });
    // Of the future that the caller has, so that its cancelling is seen.
    var _ = waiter.whenComplete((_, _) -> forget(id, waiter));
  }

  /**
   * The command's end is committed.
   *
   * @param change that ended it; null: it must be read
   */
  void tell(UUID id, @Nullable CommandChange change) {
    Waiting waiting = waiters.remove(id);
    if (waiting == null) {
      return;
    }
    Command accepted = waiting.accepted;
    if (accepted == null || change == null) {
      var _ =
          ends.find(id)
              .thenApply(Optional::orElseThrow)
              .whenComplete((ended, failure) -> tell(waiting.all, ended, failure));
    } else {
      Command ended = change.of(accepted);
      waiting.all.forEach(waiter -> waiter.complete(ended));
    }
  }

  private static void tell(
      List<CompletableFuture<Command>> waiting,
      @Nullable Command ended,
      @Nullable Throwable failure) {
    if (failure == null) {
      waiting.forEach(waiter -> waiter.complete(ended));
    } else {
      Throwable why = failure.getCause() == null ? failure : failure.getCause();
      waiting.forEach(waiter -> waiter.completeExceptionally(why));
    }
  }

  /** The hub goes down: for all of them the time is over. */
  void letGo() {
    for (Waiting waiting : waiters.values()) {
      waiting.all.forEach(
          waiter -> waiter.completeExceptionally(new TimeoutException("the hub is going down")));
    }
  }

  /** The commands that somebody waits for. */
  List<UUID> awaited() {
    return List.copyOf(waiters.keySet());
  }

  /** How many commands somebody waits for. */
  int count() {
    return waiters.size();
  }

  @SuppressWarnings("ReferenceEquality") // futures have no other equality
  private void forget(UUID id, CompletableFuture<Command> waiter) {
    waiters.computeIfPresent(
        id,
        (_, waiting) -> {
          waiting.all.removeIf(other -> other == waiter);
          return waiting.all.isEmpty() ? null : waiting;
        });
  }
}
