package io.mooring.hub.event;

import io.mooring.hub.db.Database;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The event feed of this node. Durable events are published in the order of their commits (the
 * writer's notifier thread calls {@link #publish}); a subscriber that asks for the past reads the
 * table first, on its own thread, while live events wait for it, and then goes on without a gap or
 * a repetition.
 */
public final class LiveFeed implements EventFeed {
  private static final int PAGE = 500;

  /**
   * More live events than this while a subscriber still reads the past: it starts over from the
   * table.
   */
  private static final int HELD = 10_000;

  private final Database database;
  private final EventStore store;
  private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();
  private final Map<Integer, AtomicInteger> watched = new ConcurrentHashMap<>();

  public LiveFeed(Database database, EventStore store) {
    this.database = database;
    this.store = store;
  }

  @Override
  public Subscription subscribe(
      Set<Integer> devices, boolean telemetry, @Nullable Long afterId, Subscriber subscriber) {
    Follower follower = new Follower(Set.copyOf(devices), telemetry, subscriber, afterId != null);
    followers.add(follower);
    if (telemetry) {
      devices.forEach(
          key -> watched.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet());
    }
    if (afterId != null) {
      follower.catchUp(afterId);
    }
    return () -> unsubscribe(follower);
  }

  private void unsubscribe(Follower follower) {
    if (followers.remove(follower) && follower.telemetry) {
      follower.devices.forEach(
          key ->
              watched.computeIfPresent(
                  key, (k, count) -> count.decrementAndGet() == 0 ? null : count));
    }
  }

  /** Hands committed events on; called in the order of their ids. */
  public void publish(List<? extends Event.Durable> events) {
    for (Follower follower : followers) {
      for (Event.Durable event : events) {
        follower.live(event);
      }
    }
  }

  /**
   * Whether anybody follows this device's telemetry; asked for each committed batch, so it is one
   * look-up.
   */
  public boolean isWatched(int deviceKey) {
    return !watched.isEmpty() && watched.containsKey(deviceKey);
  }

  public void publish(Event.Telemetry event) {
    for (Follower follower : followers) {
      if (follower.telemetry && follower.devices.contains(event.deviceKey())) {
        follower.subscriber.on(event);
      }
    }
  }

  private final class Follower {
    private final Set<Integer> devices;
    private final boolean telemetry;
    private final Subscriber subscriber;
    private final Queue<Event.Durable> held = new ArrayDeque<>();
    private boolean catchingUp;
    private boolean overrun;

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
        subscriber.on(event);
      } else if (held.size() < HELD) {
        held.add(event);
      } else {
        overrun = true;
      }
    }

    void catchUp(long afterId) {
      long last = afterId;
      while (true) {
        long from = last;
        List<Event.Durable> page = database.query(c -> store.after(c, from, devices, PAGE));
        for (Event.Durable event : page) {
          subscriber.on(event);
          last = event.id();
        }
        if (page.size() < PAGE && goLive(last)) {
          return;
        }
      }
    }

    /** False: so much happened meanwhile that the table must be read once more. */
    private synchronized boolean goLive(long last) {
      if (overrun) {
        overrun = false;
        held.clear();
        return false;
      }
      for (Event.Durable event : held) {
        if (event.id() > last) {
          subscriber.on(event);
        }
      }
      held.clear();
      catchingUp = false;
      return true;
    }
  }
}
