package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Commands from acceptance to end: the callers' side of the {@link CommandRelay}. */
public final class CommandService implements Commands {
  private static final int SWEEP = 1_000;

  private final CommandStore store;
  private final CommandQueries queries;
  private final Limits limits;
  private final InstantSource clock;
  private final CommandIds ids;
  private final List<Write.Kind<?>> kinds;
  private final Executor readers;
  private final Waiters waiters;
  private final Map<Integer, Integer> openByDevice = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  // Set by start: the writer is made with this service's kinds, and the relay with the writer.
  private @Nullable BatchWriter writer;
  private @Nullable CommandRelay relay;

  public CommandService(
      Database database,
      RangeReads ranges,
      EventStore events,
      LiveFeed feed,
      Limits limits,
      InstantSource clock,
      RandomGenerator random,
      Executor readers) {
    this.store = new CommandStore(database);
    this.queries = new CommandQueries(database, ranges);
    this.limits = limits;
    this.clock = clock;
    this.ids = new CommandIds(clock, random);
    this.readers = readers;
    this.waiters = new Waiters(store, readers);
    this.kinds =
        List.of(
            new CommandAcceptWrites(events, feed, this::accepted),
            new CommandChangeWrites(events, feed, this::changed),
            new CommandProgressWrites(feed),
            new SessionEndWrites(events, feed, limits.commandAttempts(), this::ended));
  }

  /** How this package's writes are carried out. */
  public List<Write.Kind<?>> kinds() {
    return kinds;
  }

  /** Deletes ended commands that are older than they are kept. */
  public static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "ended commands", CommandStore.PRUNE, days);
  }

  /** Goes on where a former run of the hub was ended. */
  public CommandRelay start(BatchWriter started) {
    openByDevice.putAll(store.openByDevice());
    CommandRelay made = new CommandRelay(store, started, clock, readers, limits);
    writer = started;
    relay = made;
    made.requeueLeft();
    return made;
  }

  private BatchWriter writer() {
    BatchWriter started = writer;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  private CommandRelay relay() {
    CommandRelay started = relay;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  @Override
  public CompletableFuture<List<Accepted>> acceptAll(List<Command.Request> requests) {
    if (writer().isFull()) {
      return CompletableFuture.failedFuture(
          DatabaseException.unavailable("too much waits for the database"));
    }
    Map<Integer, Accepted> refused;
    try {
      refused = refused(requests);
    } catch (DatabaseException e) {
      return CompletableFuture.failedFuture(e);
    }
    Instant now = clock.instant();
    List<CommandAccept.Entry> entries = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      if (!refused.containsKey(i)) {
        Command.Request request = requests.get(i);
        entries.add(new CommandAccept.Entry(ids.next(), request, RequestDigest.of(request), now));
      }
    }
    if (entries.isEmpty()) {
      return CompletableFuture.completedFuture(all(requests.size(), refused, List.of()));
    }
    CommandAccept accept = new CommandAccept(entries);
    // One after the other, so that nobody is answered before the count is right.
    CompletableFuture<List<Accepted>> answer =
        accept
            .answer
            .whenComplete((accepted, failure) -> settle(entries, accepted))
            .thenApply(accepted -> all(requests.size(), refused, accepted));
    writer().submit(accept);
    return answer;
  }

  /** Those that the queues of their devices have no room for, by their places. */
  private Map<Integer, Accepted> refused(List<Command.Request> requests) {
    Map<Integer, Accepted> refused = new HashMap<>();
    List<Command.Request> repeatable = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      // Counted before it is durable, or any number could be under way at once.
      Command.Request request = requests.get(i);
      int open = openByDevice.merge(request.deviceKey(), 1, Integer::sum);
      if (open > limits.commandsOpen()) {
        refused.put(i, new Accepted.QueueFull(open - 1));
        if (request.idempotencyKey() != null) {
          repeatable.add(request);
        }
      }
    }
    if (!repeatable.isEmpty()) {
      // A repeat adds nothing to the queue, so it is no question of room.
      try {
        Set<Command.Request> taken = store.taken(repeatable);
        refused.keySet().removeIf(i -> taken.contains(requests.get(i)));
      } catch (DatabaseException e) {
        requests.forEach(request -> uncount(request.deviceKey()));
        throw e;
      }
    }
    refused.keySet().forEach(i -> uncount(requests.get(i).deviceKey()));
    return refused;
  }

  /** What added nothing to a queue is not counted any more. */
  private void settle(List<CommandAccept.Entry> entries, @Nullable List<Accepted> accepted) {
    for (int i = 0; i < entries.size(); i++) {
      boolean added =
          accepted != null
              && accepted.get(i) instanceof Accepted.Durable durable
              && !durable.repeated();
      if (!added) {
        uncount(entries.get(i).request.deviceKey());
      }
    }
  }

  /** The outcomes in the order of the requests. */
  private static List<Accepted> all(
      int count, Map<Integer, Accepted> refused, List<Accepted> accepted) {
    if (refused.isEmpty()) {
      return accepted;
    }
    Iterator<Accepted> rest = accepted.iterator();
    List<Accepted> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Accepted no = refused.get(i);
      all.add(no == null ? rest.next() : no);
    }
    return all;
  }

  @Override
  public CompletableFuture<Command> cancel(Command command, Actor caller) {
    return relay()
        .cancel(command, caller)
        .settled
        .thenApplyAsync(_ -> store.find(command.id()).orElse(command), readers);
  }

  private void uncount(int deviceKey) {
    openByDevice.computeIfPresent(deviceKey, (key, open) -> open > 1 ? open - 1 : null);
  }

  private void accepted(Command command) {
    CommandRelay started = relay;
    if (started != null) {
      started.accepted(command);
    }
  }

  private void changed(CommandChange change) {
    if (!change.state.isOpen()) {
      ended(change.deviceKey, change.id);
    } else if (change.state == CommandState.QUEUED) {
      relay().queuedAgain(change.deviceKey, change.id);
    }
  }

  private void ended(int deviceKey, UUID id) {
    uncount(deviceKey);
    CommandRelay started = relay;
    if (started != null) {
      started.ended(deviceKey, id);
    }
    waiters.tell(id);
  }

  @Override
  public CompletableFuture<Command> ended(UUID id) {
    return waiters.ended(id);
  }

  /** How many commands somebody waits for. */
  int waiters() {
    return waiters.count();
  }

  @Override
  public Optional<Command> find(int deviceKey, UUID id) {
    return store.find(id).filter(command -> command.deviceKey() == deviceKey);
  }

  @Override
  public List<Command> list(Filter filter, @Nullable UUID before, int limit) {
    return queries.list(filter, before, limit);
  }

  @Override
  public List<Command.Transition> transitions(UUID id) {
    return queries.transitions(id);
  }

  @Override
  public Command.Standing standing(Command command) {
    return queries.standing(command);
  }

  @Override
  public long waiting() {
    return openByDevice.values().stream().mapToLong(Integer::longValue).sum();
  }

  /**
   * Ends commands whose time is up, and lets the relay try again what failed. Called every second
   * or so.
   */
  public void sweep() {
    if (writer().isFull() || !sweeping.compareAndSet(false, true)) {
      return;
    }
    try {
      expireOverdue();
    } finally {
      sweeping.set(false);
    }
    CommandRelay started = relay;
    if (started != null) {
      started.sweep();
    }
  }

  private void expireOverdue() {
    store
        .overdue(clock.instant(), SWEEP)
        .forEach(command -> writer().submit(CommandChange.expired(command, clock.instant())));
  }
}
