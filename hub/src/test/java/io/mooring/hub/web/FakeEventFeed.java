package io.mooring.hub.web;

import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A feed the test speaks through. */
final class FakeEventFeed implements EventFeed {
  /** What somebody has asked for. */
  record Subscribed(
      Set<Integer> devices, boolean telemetry, @Nullable Long afterId, Subscriber subscriber) {}

  final List<Subscribed> open = new CopyOnWriteArrayList<>();

  @Override
  public Subscription subscribe(
      Set<Integer> devices, boolean telemetry, @Nullable Long afterId, Subscriber subscriber) {
    Subscribed subscribed = new Subscribed(devices, telemetry, afterId, subscriber);
    open.add(subscribed);
    return () -> open.remove(subscribed);
  }

  /** As if events 1 to 1000 had happened, all of every kind. */
  @Override
  public long beforeLast(int count, Set<Integer> devices, Set<String> types) {
    return 1_000L - count;
  }

  @Override
  public long newest() {
    return 1_000;
  }

  void publish(Event event) {
    open.forEach(subscribed -> subscribed.subscriber().on(event));
  }
}
