package io.mooring.hub.web;

import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open event streams. Every few seconds quiet ones are kept alive, and those end whose reader
 * has stopped reading.
 */
final class EventStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
  static final Duration CARE = Duration.ofSeconds(5);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rendered(Event event, byte[] bytes) {}

  private final WebParts parts;
  private final LongRequests requests;
  private final Semaphore places;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService carer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("event-streams").factory());
  private volatile @Nullable Rendered last;
  private volatile boolean closed;

  EventStreams(WebParts parts, LongRequests requests, Duration care) {
    this.parts = parts;
    this.requests = requests;
    this.places = new Semaphore(parts.limits().eventStreams());
    long ms = care.toMillis();
    var _ = carer.scheduleWithFixedDelay(this::care, ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Takes a place, or refuses with 503 when there is none. */
  Reply open(Exchange exchange, EventApi.Wanted wanted) {
    if (closed || !places.tryAcquire()) {
      throw Refusal.unavailable(
          "As many event streams are open as the hub allows. Close some, or raise"
              + " limits.event-streams.");
    }
    return new Reply.Streaming(
        (response, callback) -> start(exchange.request(), response, callback, wanted));
  }

  int count() {
    return open.size();
  }

  /** Ends all streams at their next event boundary and takes no more. */
  void endAll() {
    closed = true;
    open.forEach(EventStream::end);
  }

  @Override
  public void close() {
    endAll();
    carer.shutdownNow();
  }

  /** One text for all streams: the feed hands the same event to each of them in turn. */
  @SuppressWarnings("ReferenceEquality") // the very same object is the point
  byte[] render(Event event) {
    Rendered known = last;
    if (known != null && known.event() == event) {
      return known.bytes();
    }
    EventApi.View view = EventApi.view(event);
    String id = view.id() == null ? "" : "id: " + view.id() + "\n";
    byte[] bytes =
        (id + "event: " + view.type() + "\ndata: " + Json.text(view) + "\n\n")
            .getBytes(StandardCharsets.UTF_8);
    last = new Rendered(event, bytes);
    return bytes;
  }

  private void start(
      Request request, Response response, Callback callback, EventApi.Wanted wanted) {
    EventStream stream =
        new EventStream(
            new EventStream.Line(response, callback),
            this::render,
            parts.limits().eventBacklog(),
            wanted,
            parts.clock());
    open.add(stream);
    LongRequests.UnderWay underWay = requests.begin(request, stream::end);
    stream.whenOver(
        () -> {
          open.remove(stream);
          underWay.close();
          places.release();
        });
    request.addFailureListener(stream::abort);
    try {
      EventFeed.Subscription subscription =
          parts.events().subscribe(wanted.devices(), wanted.telemetry(), wanted.afterId(), stream);
      stream.begin(subscription);
    } catch (RuntimeException e) {
      stream.abort(e);
    }
    if (closed) {
      stream.end();
    }
  }

  private void care() {
    Instant now = parts.clock().instant();
    for (EventStream stream : open) {
      try {
        stream.care(now);
      } catch (RuntimeException e) {
        LOG.warn("An event stream could not be looked after", e);
      }
    }
  }
}
