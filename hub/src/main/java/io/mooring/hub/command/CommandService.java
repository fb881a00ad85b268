package io.mooring.hub.command;

import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Commands from acceptance to end: the callers' side of the {@link CommandRelay}. */
public final class CommandService implements Commands {
  private static final int SWEEP = 1_000;

  private final CommandStore store;
  private final Limits limits;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<Write.Kind<?>> kinds;
  private final Executor readers;
  private final Map<UUID, List<CompletableFuture<Command>>> waiters = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> openByDevice = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  // Set by start: the writer is made with this service's kinds, and the relay with the writer.
  private @Nullable BatchWriter writer;
  private @Nullable CommandRelay relay;

  public CommandService(
      Database database,
      EventStore events,
      LiveFeed feed,
      Limits limits,
      InstantSource clock,
      RandomGenerator random,
      Executor readers) {
    this.store = new CommandStore(database);
    this.limits = limits;
    this.clock = clock;
    this.random = random;
    this.readers = readers;
    this.kinds =
        List.of(
            new CommandAcceptWrites(events, feed, this::accepted),
            new CommandChangeWrites(events, feed, this::changed),
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
    CommandRelay made =
        new CommandRelay(
            store, started, clock, readers, limits.commandWindow(), limits.commandAttempts());
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

  @Override
  public CompletableFuture<Accepted> accept(Command.Request request) {
    if (writer().isFull()) {
      return CompletableFuture.failedFuture(
          DatabaseException.unavailable("too much waits for the database"));
    }
    // Counted before it is durable, or any number could be under way at once.
    int open = openByDevice.merge(request.deviceKey(), 1, Integer::sum);
    if (open > limits.commandsOpen()) {
      // A repeat adds nothing to the queue, so it is no question of room.
      try {
        if (!isRepeat(request)) {
          uncount(request.deviceKey());
          return CompletableFuture.completedFuture(new Accepted.QueueFull(open - 1));
        }
      } catch (DatabaseException e) {
        uncount(request.deviceKey());
        return CompletableFuture.failedFuture(e);
      }
    }
    CommandAccept accept = new CommandAccept(newId(), request, digest(request), clock.instant());
    var _ =
        accept.answer.whenComplete(
            (accepted, failure) -> {
              if (!(accepted instanceof Accepted.Durable durable) || durable.repeated()) {
                uncount(request.deviceKey());
              }
            });
    writer().submit(accept);
    return accept.answer;
  }

  private void uncount(int deviceKey) {
    openByDevice.computeIfPresent(deviceKey, (key, open) -> open > 1 ? open - 1 : null);
  }

  private boolean isRepeat(Command.Request request) {
    String key = request.idempotencyKey();
    return key != null && store.isTaken(request.caller(), key);
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
    }
  }

  private void ended(int deviceKey, UUID id) {
    uncount(deviceKey);
    CommandRelay started = relay;
    if (started != null) {
      started.ended(deviceKey, id);
    }
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

  @Override
  public CompletableFuture<Command> ended(UUID id) {
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

  /** How many commands somebody waits for. */
  int waiters() {
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

  @Override
  public Optional<Command> find(int deviceKey, UUID id) {
    return store.find(id).filter(command -> command.deviceKey() == deviceKey);
  }

  @Override
  public List<Command> list(
      int deviceKey, @Nullable CommandState state, @Nullable Long before, int limit) {
    return store.list(deviceKey, state, before, limit);
  }

  @Override
  public List<Command.Transition> history(UUID id) {
    return store.history(id);
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

  /** A UUID of version 7: the time in milliseconds, then 74 random bits. */
  private UUID newId() {
    long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0xFFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** What must be equal in two requests with the same idempotency key. */
  private static byte[] digest(Command.Request request) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part :
          List.of(
              ByteBuffer.allocate(4).putInt(request.deviceKey()).array(),
              request.name().getBytes(StandardCharsets.UTF_8),
              request.contentType().getBytes(StandardCharsets.UTF_8),
              request.payload(),
              request.ttl().toString().getBytes(StandardCharsets.UTF_8))) {
        sha.update(ByteBuffer.allocate(4).putInt(part.length).array());
        sha.update(part);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
