package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandAccept.Place;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.GroupedLookup;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Commands from acceptance to end: the callers' side of the {@link CommandRelay}. */
public final class CommandService implements Commands {
  private static final int SWEEP = 1_000;

  /** Ended commands read together, payloads and all. */
  private static final int ENDED = 16;

  private final CommandStore store;
  private final CommandQueries queries;
  private final Limits limits;
  private final InstantSource clock;
  private final CommandAcceptance acceptance;
  private final Write.Kind<?> changes;
  private final List<Write.Kind<?>> kinds;
  private final SessionEndWrites ends;
  private final Executor readers;
  private final Waiters waiters;
  private final OpenCommands open = new OpenCommands();
  private final TransitionWrites transitions;
  private final OtherNodes others;
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
      Executor readers,
      Membership membership) {
    Peers peers = membership.peers();
    this.store = new CommandStore(database);
    this.queries = new CommandQueries(database, ranges);
    this.limits = limits;
    this.clock = clock;
    this.acceptance =
        new CommandAcceptance(
            store,
            open,
            limits.commandsOpen(),
            clock,
            new CommandIds(clock, random),
            peers.exist());
    this.readers = readers;
    this.waiters = new Waiters(store, new GroupedLookup<>(database, CommandStore::find, ENDED));
    this.others = new OtherNodes(membership, store, readers, waiters);
    this.transitions = new TransitionWrites(events, feed);
    this.changes = new CommandChangeWrites(transitions, this::changed);
    this.ends = new SessionEndWrites(transitions, limits.commandAttempts(), this::ended);
    this.kinds =
        List.of(
            new CommandAcceptWrites(transitions, peers.exist(), this::accepted),
            new CommandProgressWrites(feed),
            ends);
  }

  /**
   * How changes of commands are carried out. Comes before session openings in a transaction, so
   * that what a session has sent and heard still counts when the device has come back meanwhile.
   */
  public Write.Kind<?> changes() {
    return changes;
  }

  /** How the other writes of this package are carried out. */
  public List<Write.Kind<?>> kinds() {
    return kinds;
  }

  /** Deletes ended commands that are older than they are kept. */
  public static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "ended commands", CommandStore.PRUNE, days);
  }

  /** Goes on where a former run of the hub was ended. */
  public CommandRelay start(BatchWriter started) {
    open.putAll(store.openByDevice());
    CommandRelay made =
        new CommandRelay(store, started, clock, readers, limits, others.peers(), others::holds);
    writer = started;
    relay = made;
    others.listen(made);
    if (!others.exist()) {
      made.requeueLeft();
    }
    return made;
  }

  private BatchWriter writer() {
    return Objects.requireNonNull(writer, "not started");
  }

  private CommandRelay relay() {
    return Objects.requireNonNull(relay, "not started");
  }

  @Override
  public CompletableFuture<List<Accepted>> acceptAll(List<Command.Request> requests) {
    return acceptance.accept(writer(), requests, null);
  }

  @Override
  public Sending send(Command.Request request) {
    CompletableFuture<Command> ended = new CompletableFuture<>();
    return new Sending(
        acceptance
            .accept(writer(), List.of(request), ended)
            .thenApply(List::getFirst)
            .thenApply(accepted -> wait(accepted, ended)),
        ended);
  }

  /** Where an earlier request made the command, its end may have come already. */
  private Accepted wait(Accepted accepted, CompletableFuture<Command> ended) {
    if (accepted instanceof Accepted.Durable(Command command, boolean repeated) && repeated) {
      readers.execute(() -> waiters.wait(command.id(), ended));
    }
    return accepted;
  }

  /** How what devices had not answered is queued again when others end their sessions. */
  public SessionEndWrites ends() {
    return ends;
  }

  @Override
  public CompletableFuture<Command> cancel(Command command, Actor caller) {
    if (others.exist()) {
      return others
          .cancel(relay(), command.id(), command.deviceKey(), caller.said(), caller)
          .thenApply(_ -> store.find(command.id()).orElse(command));
    }
    return relay()
        .cancel(command.id(), command.deviceKey(), caller.said(), caller)
        .settled
        .thenApplyAsync(_ -> store.find(command.id()).orElse(command), readers);
  }

  /**
   * As {@link #cancel}, of one of many, of which the audit log is told elsewhere. Completes once it
   * is cancelled, or cannot be any more.
   */
  public CompletableFuture<Void> cancel(UUID id, int deviceKey, String caller) {
    return others.exist()
        ? others.cancel(relay(), id, deviceKey, caller, null)
        : relay().cancel(id, deviceKey, caller, null).settled;
  }

  /** From now on told of each job whose counts have changed, after the commit. */
  public void onJobs(BiConsumer<UUID, JobCounts> told) {
    transitions.onJobs(told);
  }

  private void accepted(
      Command command, @Nullable Place place, @Nullable CompletableFuture<Command> waiter) {
    if (waiter != null) {
      waiters.add(command, waiter);
    }
    CommandRelay started = relay;
    if (started == null) {
      return;
    }
    if (!others.exist()) {
      started.accepted(command, 0L);
      return;
    }
    boolean here =
        place == null ? started.has(command.deviceKey()) : others.here().equals(place.node());
    if (here) {
      started.accepted(command, place == null ? null : (Long) place.before());
    } else {
      others.accepted(command, place, waiter != null);
    }
  }

  private void changed(CommandChange change) {
    if (!change.state.isOpen()) {
      ended(change.deviceKey, change.id, change);
    } else if (change.state == CommandState.QUEUED) {
      relay().queuedAgain(change.deviceKey, change.id);
    }
  }

  /** The unfinished commands of a device were deleted after it. */
  public void deleted(int deviceKey) {
    open.forget(deviceKey);
  }

  private void ended(int deviceKey, UUID id) {
    ended(deviceKey, id, null);
  }

  private void ended(int deviceKey, UUID id, @Nullable CommandChange change) {
    open.remove(deviceKey);
    CommandRelay started = relay;
    if (started != null) {
      started.ended(deviceKey, id);
    }
    waiters.tell(id, change);
    others.ended(id);
  }

  @Override
  public CompletableFuture<Command> ended(UUID id) {
    CompletableFuture<Command> ended = new CompletableFuture<>();
    waiters.wait(id, ended);
    return ended;
  }

  /** Tells whoever waits for a command's end that it has not come: the hub goes down. */
  public void letWaitersGo() {
    waiters.letGo();
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
  public Optional<UUID> retriedBy(UUID id) {
    return queries.retriedBy(id);
  }

  @Override
  public Command.Standing standing(Command command) {
    return queries.standing(command);
  }

  @Override
  public long waiting() {
    return others.exist() ? others.waiting() : open.total();
  }

  /**
   * Ends commands whose time is up, and lets the relay try again what failed. Called every second
   * or so, one call at a time.
   */
  public void sweep() {
    if (writer().isFull()) {
      return;
    }
    List<Command> overdue =
        others.exist()
            ? store.overdueHere(clock.instant(), SWEEP, others.here())
            : store.overdue(clock.instant(), SWEEP);
    overdue.forEach(relay()::expire);
    relay().sweep();
  }

  /** Finds what happened on other nodes; called every second or so. */
  public void lookElsewhere() {
    others.sweep();
  }
}
