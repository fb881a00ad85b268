package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandAccept.Place;
import io.mooring.hub.db.DatabaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands of devices whose sessions other nodes hold: these are told of new ones, tell of ends
 * that somebody waits for here, and cancel. Safe for all threads; what asks the database runs on
 * its own.
 */
final class OtherNodes {
  private static final Logger LOG = LoggerFactory.getLogger(OtherNodes.class);

  /** Most commands of whose ends other nodes want to hear; the oldest are forgotten. */
  private static final int MOST_AWAITED = 10_000;

  /** How long a node may take to cancel: a commit, and two ways over the bus. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The session may move while a command is cancelled. */
  private static final int TRIES = 3;

  /** Sweeps between two counts of what waits, which reads all of it. */
  private static final int COUNTED_EVERY = 10;

  private record Accepted(int deviceKey, @Nullable UUID awaited) {}

  private final Membership membership;
  private final Peers peers;
  private final CommandStore store;
  private final Executor readers;
  private final Waiters waiters;
  private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final Map<UUID, CompletableFuture<Void>> tickets = new ConcurrentHashMap<>();

  private int sweeps; // of the sweep's thread
  private volatile long waiting;

  /** Guarded by itself. */
  private final Map<UUID, String> awaitedBy =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, String> eldest) {
          return size() > MOST_AWAITED;
        }
      };

  OtherNodes(Membership membership, CommandStore store, Executor readers, Waiters waiters) {
    this.membership = membership;
    this.peers = membership.peers();
    this.store = store;
    this.readers = readers;
    this.waiters = waiters;
  }

  boolean exist() {
    return peers.exist();
  }

  String here() {
    return peers.node();
  }

  Peers peers() {
    return peers;
  }

  /** Whether this hub may act for its devices. */
  boolean holds() {
    return membership.holds();
  }

  /** Unfinished commands of the whole fleet, as of some seconds ago. */
  long waiting() {
    return waiting;
  }

  /** From now on does what others ask for. */
  void listen(CommandRelay relay) {
    peers.on(
        Hint.Commands.class,
        (by, hint) -> {
          synchronized (awaitedBy) {
            hint.awaited().forEach(id -> awaitedBy.put(id, by));
          }
          var _ = relay.wake(hint.deviceKey());
        });
    peers.on(Hint.Ended.class, (_, hint) -> waiters.tell(hint.command(), null));
    peers.on(
        Hint.Cancel.class,
        (by, hint) -> {
          CommandChange change =
              relay.cancel(hint.command(), hint.deviceKey(), hint.caller(), actor(hint.actor()));
          var _ = change.settled.thenRun(() -> peers.tell(by, new Hint.Cancelled(hint.ticket())));
        });
    peers.on(
        Hint.Cancelled.class,
        (_, hint) -> {
          CompletableFuture<Void> ticket = tickets.get(hint.ticket());
          if (ticket != null) {
            ticket.complete(null);
          }
        });
  }

  /**
   * A command is committed: the node that holds its device's session is told.
   *
   * @param place null: which node that is must be asked
   * @param awaited whether somebody here waits for its end
   */
  void accepted(Command command, @Nullable Place place, boolean awaited) {
    if (place != null) {
      String node = place.node();
      if (node != null) {
        List<UUID> ids = awaited ? List.of(command.id()) : List.of();
        peers.tell(node, new Hint.Commands(command.deviceKey(), ids));
      }
      return;
    }
    accepted.add(new Accepted(command.deviceKey(), awaited ? command.id() : null));
    if (asked.getAndIncrement() == 0) {
      readers.execute(this::tell);
    }
  }

  private void tell() {
    int seen = 1;
    while (seen != 0) {
      try {
        tellOwners();
      } catch (RuntimeException e) {
        // Their roll call finds what they are not told of.
        LOG.debug("Other nodes are not told of new commands", e);
        accepted.clear();
      }
      seen = asked.addAndGet(-seen);
    }
  }

  private void tellOwners() {
    Map<Integer, List<UUID>> awaited = new HashMap<>();
    for (Accepted one = accepted.poll(); one != null; one = accepted.poll()) {
      List<UUID> ids = awaited.computeIfAbsent(one.deviceKey(), _ -> new ArrayList<>());
      if (one.awaited() != null) {
        ids.add(one.awaited());
      }
    }
    if (!awaited.isEmpty()) {
      store
          .owners(awaited.keySet())
          .forEach(
              (deviceKey, node) ->
                  peers.tell(
                      node,
                      new Hint.Commands(deviceKey, awaited.getOrDefault(deviceKey, List.of()))));
    }
  }

  /** A command's end is committed here. */
  void ended(UUID id) {
    String by;
    synchronized (awaitedBy) {
      by = awaitedBy.remove(id);
    }
    if (by != null) {
      peers.tell(by, new Hint.Ended(id));
    }
  }

  /** Finds ends of which nobody told; called every second or so. */
  void sweep() {
    if (sweeps++ % COUNTED_EVERY == 0) {
      waiting = store.countOpen();
    }
    List<UUID> awaited = waiters.awaited();
    if (!awaited.isEmpty()) {
      store.ended(awaited).forEach(id -> waiters.tell(id, null));
    }
  }

  /** Cancels a command wherever its device's session is; fails where that node does not answer. */
  CompletableFuture<Void> cancel(
      CommandRelay relay, UUID id, int deviceKey, String caller, @Nullable Actor by) {
    try {
      return CompletableFuture.runAsync(() -> cancelNow(relay, id, deviceKey, caller, by), readers);
    } catch (RejectedExecutionException _) {
      return CompletableFuture.failedFuture(DatabaseException.unavailable("the hub is going down"));
    }
  }

  /**
   * The same. Blocks until that is done, or the command is further than that.
   *
   * @throws Commands.HubSilent when the node that holds the session does not answer
   */
  private void cancelNow(
      CommandRelay relay, UUID id, int deviceKey, String caller, @Nullable Actor by) {
    for (int tries = 0; tries < TRIES; tries++) {
      if (!cancelElsewhere(id, deviceKey, caller, by)) {
        relay.cancel(id, deviceKey, caller, by).settled.join();
      }
      if (store.find(id).filter(c -> c.state().mayBecome(CommandState.CANCELLED)).isEmpty()) {
        return;
      }
    }
    throw DatabaseException.unavailable("the device moves from node to node");
  }

  /**
   * Has the node cancel a command that holds its device's session.
   *
   * @return false: no other node holds it
   * @throws Commands.HubSilent when that node does not answer
   */
  private boolean cancelElsewhere(UUID id, int deviceKey, String caller, @Nullable Actor by) {
    String owner = store.owners(Set.of(deviceKey)).get(deviceKey);
    if (owner == null || owner.equals(peers.node())) {
      return false;
    }
    UUID ticket = UUID.randomUUID();
    CompletableFuture<Void> done = new CompletableFuture<>();
    tickets.put(ticket, done);
    try {
      peers.tell(owner, new Hint.Cancel(ticket, id, deviceKey, caller, parts(by)));
      done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      throw new Commands.HubSilent(owner);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DatabaseException.unavailable("the hub is going down");
    } finally {
      tickets.remove(ticket);
    }
  }

  private static List<String> parts(@Nullable Actor by) {
    if (by == null) {
      return List.of();
    }
    String address = by.address();
    return List.of(by.kind().name(), by.id(), by.name(), address == null ? "" : address);
  }

  private static @Nullable Actor actor(List<String> parts) {
    if (parts.isEmpty()) {
      return null;
    }
    String address = parts.get(3);
    return new Actor(
        Actor.Kind.valueOf(parts.get(0)),
        parts.get(1),
        parts.get(2),
        address.isEmpty() ? null : address);
  }
}
