package io.mooring.hub.event;

import io.mooring.hub.cluster.Peers;
import io.mooring.hub.db.RangeReads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event feed. Durable events are published in the order of their commits (the writer's notifier
 * thread calls {@link #publish}); a subscriber that asks for the past reads the table first, on its
 * own thread and page by page as it takes them, while live events wait for it, and then goes on
 * without a gap or a repetition. Where hubs share the database, live events too are read from the
 * table (see {@link FleetFeed}), since those of other nodes stand between this one's.
 */
public final class LiveFeed implements EventFeed, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);

  /** Most events read from the table at a time, and most live ones held back meanwhile. */
  private static final int PAGE = 500;

  /** How long a reader of the past may wait for its turn among the range queries. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RangeReads reads;
  private final RangeReads own;
  private final EventStore store;
  private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();
  private final Map<Integer, Integer> watched = new ConcurrentHashMap<>();

  /** Null: all events are this node's. */
  private final @Nullable FleetFeed fleet;

  /** Of a hub that has its database for itself. */
  public LiveFeed(RangeReads reads, EventStore store) {
    this(reads, reads, store, Peers.none(store.node()));
  }

  /**
   * Perhaps of one of several hubs.
   *
   * @param own by which the events of all are read as they come, without waiting for other readers
   */
  public LiveFeed(RangeReads reads, RangeReads own, EventStore store, Peers peers) {
    this.own = own;
    this.reads = reads;
    this.store = store;
    this.fleet =
        peers.exist()
            ? new FleetFeed(peers, new Table(), System::nanoTime, this::hand, this::handOther)
            : null;
  }

  private final class Table implements FleetFeed.Table {
    @Override
    public List<Event.Durable> after(long id, int limit) {
      return own.query(PATIENCE, c -> store.after(c, id, Set.of(), limit));
    }

    @Override
    public long last() {
      return own.query(PATIENCE, store::last);
    }
  }

  @Override
  public Subscription subscribe(
      Set<Integer> devices, boolean telemetry, @Nullable Long afterId, Subscriber subscriber) {
    Follower follower = new Follower(Set.copyOf(devices), telemetry, subscriber, afterId != null);
    if (fleet != null) {
      fleet.follow();
    }
    followers.add(follower);
    if (telemetry) {
      devices.forEach(this::watch);
    }
    if (afterId != null) {
      try {
        follower.catchUp(afterId);
      } catch (RuntimeException e) {
        unsubscribe(follower);
        throw e;
      }
    }
    return () -> unsubscribe(follower);
  }

  @Override
  public long beforeLast(int count, Set<Integer> devices, Set<String> types) {
    return reads.query(c -> store.beforeLast(c, count, devices, types));
  }

  @Override
  public long newest() {
    return reads.query(store::newest);
  }

  private void unsubscribe(Follower follower) {
    if (!followers.remove(follower)) {
      return;
    }
    if (follower.telemetry) {
      follower.devices.forEach(this::unwatch);
    }
    if (fleet != null) {
      fleet.leave();
    }
  }

  private void watch(int deviceKey) {
    watched.merge(deviceKey, 1, Integer::sum);
    if (fleet != null) {
      fleet.watch(deviceKey);
    }
  }

  private void unwatch(int deviceKey) {
    Integer left = watched.computeIfPresent(deviceKey, (k, count) -> count == 1 ? null : count - 1);
    if (left == null && fleet != null) {
      fleet.unwatch(deviceKey);
    }
  }

  /** Events of this node are committed; called in the order of their ids. */
  public void publish(List<? extends Event.Durable> events) {
    if (fleet == null) {
      hand(events);
    } else if (!events.isEmpty()) {
      fleet.happened();
    }
  }

  private void hand(List<? extends Event.Durable> events) {
    for (Follower follower : followers) {
      tell(follower, () -> events.forEach(follower::live));
    }
  }

  /**
   * Whether anybody follows this device's telemetry; asked for each committed batch, so it is one
   * look-up.
   */
  public boolean isWatched(int deviceKey) {
    return watched.containsKey(deviceKey) || (fleet != null && fleet.isWanted(deviceKey));
  }

  /** Whether anybody takes the telemetry of any device; asked first, once for many batches. */
  public boolean isWatchingTelemetry() {
    return !watched.isEmpty() || (fleet != null && fleet.anyIsWanted());
  }

  public void publish(Event.Telemetry event) {
    if (fleet != null) {
      fleet.send(event);
    }
    hand(event);
  }

  private void hand(Event.Telemetry event) {
    for (Follower follower : followers) {
      if (follower.telemetry && follower.devices.contains(event.deviceKey())) {
        tell(follower, () -> follower.subscriber.on(event));
      }
    }
  }

  /** Not held for those who still read the past: the next one says more. */
  public void publish(Event.Progress event) {
    if (fleet != null) {
      fleet.send(event);
    }
    hand(event);
  }

  private void handOther(Event event) {
    switch (event) {
      case Event.Telemetry telemetry -> hand(telemetry);
      case Event.Progress progress -> hand(progress);
      case Event.Durable _ -> throw new IllegalArgumentException("a durable event on the bus");
    }
  }

  private void hand(Event.Progress event) {
    for (Follower follower : followers) {
      if (follower.devices.isEmpty() || follower.devices.contains(event.deviceKey())) {
        tell(follower, () -> follower.subscriber.on(event));
      }
    }
  }

  /** A subscriber that throws is let go, and harms nobody else. */
  private void tell(Follower follower, Runnable events) {
    try {
      events.run();
    } catch (RuntimeException e) {
      LOG.warn("A subscriber failed and gets no more events: {}", e.toString());
      unsubscribe(follower);
    }
  }

  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private final class Follower {
    private final Set<Integer> devices;
    private final boolean telemetry;
    private final Subscriber subscriber;
    private final Queue<Event.Durable> held = new ArrayDeque<>();
    private boolean catchingUp;
    private boolean overrun;
    private int page = PAGE;

    /** The newest event delivered: the table may show an event before it is published. */
    private long delivered;

    Follower(Set<Integer> devices, boolean telemetry, Subscriber subscriber, boolean catchingUp) {
      this.devices = devices;
      this.telemetry = telemetry;
      this.subscriber = subscriber;
      this.catchingUp = catchingUp;
    }

    synchronized void live(Event.Durable event) {
      if (!devices.isEmpty() && !devices.contains(event.deviceKey())) {
        return;
      }
      if (!catchingUp) {
        deliver(event);
      } else if (held.size() < page) {
        held.add(event);
      } else {
        // Too many to hand over at once: they are read from the table, too.
        overrun = true;
      }
    }

    private synchronized void deliver(Event.Durable event) {
      if (event.id() > delivered) {
        delivered = event.id();
        subscriber.on(event);
      }
    }

    void catchUp(long afterId) {
      long last = afterId;
      synchronized (this) {
        delivered = afterId;
      }
      for (int most = room(); most > 0; most = room()) {
        long from = last;
        int limit = most;
        List<Event.Durable> past = reads.query(PATIENCE, c -> store.after(c, from, devices, limit));
        for (Event.Durable event : past) {
          deliver(event);
          last = event.id();
        }
        if (past.size() < limit && goLive()) {
          return;
        }
      }
    }

    private int room() {
      int most = Math.min(PAGE, subscriber.awaitRoom());
      synchronized (this) {
        page = most;
      }
      return most;
    }

    /** False: so much happened meanwhile that the table must be read once more. */
    private synchronized boolean goLive() {
      if (overrun) {
        overrun = false;
        held.clear();
        return false;
      }
      held.forEach(this::deliver);
      held.clear();
      catchingUp = false;
      return true;
    }
  }
}
