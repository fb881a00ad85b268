package io.mooring.hub.event;

import io.mooring.hub.cluster.Bus;
import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.Peers;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of all nodes. Durable ones are read from the table, where they stand in the order of
 * their commits whoever appended them; the bus only says that there are more, and once a second
 * they are looked for anyway. Others travel on the bus themselves. While nobody follows the feed
 * here, nothing is read and nothing is listened to.
 */
final class FleetFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetFeed.class);
  private static final int PAGE = 500;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(5);

  /** Other nodes send a device's telemetry for so long after this one was heard to want it. */
  private static final Duration WANTED_FOR = Duration.ofSeconds(15);

  private static final String EVENTS = "events";
  private static final String PROGRESS = "progress";
  private static final String TELEMETRY = "telemetry.";

  /** Reads the events after an id. */
  interface Table {
    List<Event.Durable> after(long id, int limit);

    /** The highest id that is there. */
    long last();
  }

  private final Peers peers;
  private final Table table;
  private final LongSupplier ticks;
  private final Consumer<List<Event.Durable>> durable;
  private final Consumer<Event> other;
  private final Semaphore news = new Semaphore(0);

  /** Devices whose telemetry is wanted elsewhere, and until when. */
  private final Map<Integer, Long> wanted = new ConcurrentHashMap<>();

  private final Thread thread = Thread.ofVirtual().name("feed").unstarted(this::run);
  private volatile boolean closed;

  // Guarded by this.
  private final Map<Integer, Bus.Subscription> watching = new HashMap<>();
  private int followers;
  private Bus.@Nullable Subscription events;
  private Bus.@Nullable Subscription progress;
  private long saidAt;

  /** Of the event that was read last; set while nobody follows, and then by the thread only. */
  private volatile long last;

  /**
   * Made for a feed.
   *
   * @param durable takes pages of events, in order, on one thread
   * @param other takes those that stand in no table, on the bus's thread
   */
  FleetFeed(
      Peers peers,
      Table table,
      LongSupplier ticks,
      Consumer<List<Event.Durable>> durable,
      Consumer<Event> other) {
    this.peers = peers;
    this.table = table;
    this.ticks = ticks;
    this.durable = durable;
    this.other = other;
    peers.on(
        Hint.Watched.class,
        (_, hint) -> wanted.put(hint.deviceKey(), ticks.getAsLong() + WANTED_FOR.toNanos()));
    thread.start();
  }

  /** Somebody is about to follow. */
  synchronized void follow() {
    if (followers == 0) {
      last = table.last();
      events = peers.follow(EVENTS, _ -> news.release());
      progress = peers.follow(PROGRESS, this::take);
    }
    followers++;
  }

  /** Somebody follows no more. */
  synchronized void leave() {
    followers--;
    if (followers == 0) {
      close(events);
      close(progress);
      events = null;
      progress = null;
    }
  }

  private static void close(Bus.@Nullable Subscription subscription) {
    if (subscription != null) {
      subscription.close();
    }
  }

  /** The telemetry of a device is wanted here. */
  synchronized void watch(int deviceKey) {
    watching.computeIfAbsent(deviceKey, key -> peers.follow(TELEMETRY + key, this::take));
    peers.tellAll(new Hint.Watched(deviceKey));
  }

  /** It is not any more. */
  synchronized void unwatch(int deviceKey) {
    close(watching.remove(deviceKey));
  }

  boolean isWanted(int deviceKey) {
    return wanted.containsKey(deviceKey);
  }

  boolean anyIsWanted() {
    return !wanted.isEmpty();
  }

  /** Events of this node are committed. */
  void happened() {
    news.release();
    peers.publish(EVENTS);
  }

  void send(Event.Telemetry event) {
    if (isWanted(event.deviceKey())) {
      peers.publish(TELEMETRY + event.deviceKey(), LiveCodec.encode(peers.node(), event));
    }
  }

  void send(Event.Progress event) {
    peers.publish(PROGRESS, LiveCodec.encode(peers.node(), event));
  }

  private void take(byte[] message) {
    try {
      Event event = LiveCodec.decode(peers.node(), message);
      if (event != null) {
        other.accept(event);
      }
    } catch (IOException e) {
      LOG.debug("A message on the bus is no event", e);
    }
  }

  private void run() {
    while (!closed) {
      try {
        var _ = news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        news.drainPermits();
        tidy();
        if (isFollowed()) {
          read();
        }
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        LOG.debug("The feed looks again in a second: {}", e.toString());
        news.drainPermits();
      }
    }
  }

  private synchronized boolean isFollowed() {
    return followers > 0;
  }

  private void read() {
    List<Event.Durable> page;
    do {
      page = table.after(last, PAGE);
      if (!page.isEmpty()) {
        durable.accept(page);
        last = page.getLast().id();
      }
    } while (page.size() == PAGE);
  }

  /** What others want is forgotten in time, and what is wanted here is said again. */
  private synchronized void tidy() {
    long now = ticks.getAsLong();
    wanted.values().removeIf(until -> now - until > 0);
    if (now - saidAt > SAY_AGAIN.toNanos()) {
      saidAt = now;
      watching.keySet().forEach(key -> peers.tellAll(new Hint.Watched(key)));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
