package io.mooring.hub.event;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hands events to those who follow them. */
public interface EventFeed {
  /**
   * Receives events on the feed's own thread; must not block: hand over and return. One that throws
   * is unsubscribed.
   */
  @FunctionalInterface
  interface Subscriber {
    void on(Event event);

    /**
     * How many events of the past it takes now: waits until it is rid of the former ones. Asked
     * before each page on the thread that subscribes. 0: it wants no more.
     */
    default int awaitRoom() {
      return Integer.MAX_VALUE;
    }
  }

  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Follows durable events after {@code afterId} without a gap (null: from now on), and telemetry
   * of the devices named.
   *
   * <p>Returns once the past is read, which lasts as long as the subscriber takes to receive it.
   *
   * @param devices only these devices' keys; empty: all, and then no telemetry
   * @param telemetry whether telemetry events are wanted too
   */
  Subscription subscribe(
      Set<Integer> devices, boolean telemetry, @Nullable Long afterId, Subscriber subscriber);

  /**
   * The id after which the newest {@code count} durable events follow, or all where there are
   * fewer.
   *
   * @param devices only these devices' keys; empty: all
   * @param types only events of these types, such as {@code presence}
   */
  long beforeLast(int count, Set<Integer> devices, Set<String> types);

  /** The id of the newest durable event there ever was; 0: none. No event has a higher one yet. */
  long newest();
}
