package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** Those who wait for commands to end. Safe for all threads. */
final class Waiters {
  private final CommandStore store;
  private final Executor readers;
  private final Map<UUID, List<CompletableFuture<Command>>> waiters = new ConcurrentHashMap<>();

  /**
   * @param readers runs reads of the table, which may block
   */
  Waiters(CommandStore store, Executor readers) {
    this.store = store;
    this.readers = readers;
  }

  CompletableFuture<Command> ended(UUID id) {
    CompletableFuture<Command> waiter = new CompletableFuture<>();
    waiters.compute(
        id,
        (key, others) -> {
          List<CompletableFuture<Command>> all =
              others == null ? new CopyOnWriteArrayList<>() : others;
          all.add(waiter);
          return all;
        });
    // Of the future that the caller gets, so that its cancelling is seen.
    var _ = waiter.whenComplete((command, failure) -> forget(id, waiter));
    try {
      // It may have ended before anybody waited.
      store.find(id).filter(command -> !command.state().isOpen()).ifPresent(waiter::complete);
    } catch (DatabaseException e) {
      waiter.completeExceptionally(e);
    }
    return waiter;
  }

  /** The command's end is committed. */
  void tell(UUID id) {
    List<CompletableFuture<Command>> waiting = waiters.remove(id);
    if (waiting != null) {
      readers.execute(() -> tell(id, waiting));
    }
  }

  private void tell(UUID id, List<CompletableFuture<Command>> waiting) {
    try {
      Command command = store.find(id).orElseThrow();
      waiting.forEach(waiter -> waiter.complete(command));
    } catch (RuntimeException e) {
      waiting.forEach(waiter -> waiter.completeExceptionally(e));
    }
  }

  /** How many commands somebody waits for. */
  int count() {
    return waiters.size();
  }

  @SuppressWarnings("ReferenceEquality") // futures have no other equality
  private void forget(UUID id, CompletableFuture<Command> waiter) {
    waiters.computeIfPresent(
        id,
        (key, all) -> {
          all.removeIf(other -> other == waiter);
          return all.isEmpty() ? null : all;
        });
  }
}
