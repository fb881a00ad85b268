package io.mooring.hub.app;

import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.LoneNodeStore;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.NodeStore.Run;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.ops.Version;
import io.mooring.hub.presence.PresenceStore;
import io.mooring.hub.presence.PresenceStore.Left;
import io.mooring.hub.session.RollCall;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What other hubs on the database say, and what is done for those that are lost. */
final class OtherHubs {
  private static final Logger LOG = LoggerFactory.getLogger(OtherHubs.class);
  private static final Duration ALIVE_PERIOD = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration ADOPT_PERIOD = Duration.ofSeconds(3);

  private OtherHubs() {}

  /** Ends sessions that former runs of this hub left open; those of other hubs are theirs. */
  static void endLeft(
      DataPath path, Membership membership, PresenceStore store, InstantSource clock) {
    NodeLease lease = membership.lease();
    if (lease != null) {
      String node = membership.peers().node();
      endSessions(
          path, store, new Left(node, PresenceStore.RESTARTED, null, lease.formerAlive()), clock);
      return;
    }
    int left = store.endLeftSessions(clock.instant());
    if (left > 0) {
      LOG.info("{} sessions of a former run are marked offline", left);
    }
  }

  /** A hub that has none notes by itself that it is alive; returns how that ends in order. */
  static Runnable without(
      DataPath path, Membership membership, Database database, RandomGenerator random) {
    if (membership.isShared()) {
      return () -> {};
    }
    String name = membership.peers().node();
    LoneNodeStore node = new LoneNodeStore(database, name, Version.text(), random);
    path.everyBlocking(ALIVE_PERIOD, node::alive);
    return () -> {
      try {
        node.end();
      } catch (DatabaseException e) {
        LOG.debug("That this hub ends in order could not be noted", e);
      }
    };
  }

  /** Learns the ids of credentials, and tells others of them. */
  static Consumer<String> telling(KnownIds known, Peers peers) {
    return credential -> {
      known.add(credential);
      peers.tellAll(new Hint.Issued(credential));
    };
  }

  /** Begins to listen and to look. */
  static void join(
      DataPath path,
      NodeLease lease,
      Peers peers,
      PresenceStore presence,
      RollCall roll,
      InstantSource clock) {
    SessionRegistry registry = path.sessions().registry();
    peers.on(
        Hint.Opened.class,
        (by, hint) -> {
          registry.openedElsewhere(hint.deviceKey(), hint.epoch(), hint.who());
          // What was accepted here meanwhile was for the session that was here.
          peers.tell(by, new Hint.Commands(hint.deviceKey(), List.of()));
        });
    peers.on(
        Hint.End.class,
        (_, hint) ->
            registry.end(hint.deviceKey(), hint.credential(), CloseReason.valueOf(hint.reason())));
    peers.on(Hint.Issued.class, (_, hint) -> path.known().add(hint.credential()));
    path.everyBlocking(SOON, roll::sweep);
    path.everyBlocking(ADOPT_PERIOD, path.jobs()::adopt);
    path.everyBlocking(SOON, path.commands()::lookElsewhere);
    path.everyBlocking(SOON, () -> bury(path, lease, presence, clock));
  }

  /** Whoever finds a lost node first does so; several do not harm each other. */
  private static void bury(
      DataPath path, NodeLease lease, PresenceStore presence, InstantSource clock) {
    if (lease.over().isPresent()) {
      return;
    }
    for (Run lost : lease.store().lose()) {
      if (lost.run().equals(lease.run())) {
        continue;
      }
      LOG.warn("Node {} is lost: its devices that do not come back are offline", lost.name());
      if (!lease.store().endConnections(lost.run())) {
        continue; // in a second once more
      }
      String cause = "node " + lost.name() + " was lost";
      endSessions(path, presence, new Left(lost.name(), cause, lost, null), clock);
      lease.store().settled(lost);
    }
  }

  /**
   * Ends the sessions that a node has left open, slice by slice, each with what its devices had not
   * answered.
   */
  private static void endSessions(
      DataPath path, PresenceStore presence, Left of, InstantSource clock) {
    int all = 0;
    int ended;
    do {
      AtomicReference<Runnable> told = new AtomicReference<>(() -> {});
      PresenceStore.Slice slice =
          presence.endSessionsOf(
              of,
              clock.instant(),
              (connection, left) ->
                  told.set(path.commands().ends().requeue(connection, left, clock.instant())));
      path.feed().publish(slice.events());
      Objects.requireNonNull(told.get()).run();
      ended = slice.sessions();
      all += ended;
    } while (ended > 0);
    if (all > 0) {
      LOG.info("{} sessions of node {} are marked offline", all, of.node());
    }
  }
}
