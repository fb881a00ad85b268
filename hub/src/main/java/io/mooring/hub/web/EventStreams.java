package io.mooring.hub.web;

import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
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

  /** Nobody may take all places: others want to listen, too. */
  private final int mostOfOne;

  private final Map<String, Integer> byCaller = new ConcurrentHashMap<>();
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService carer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("event-streams").factory());
  private volatile @Nullable Rendered last;
  private volatile boolean closed;

  EventStreams(WebParts parts, LongRequests requests, Duration care) {
    this.parts = parts;
    this.requests = requests;
    int most = parts.limits().eventStreams();
    this.places = new Semaphore(most);
    this.mostOfOne = (most + 1) / 2;
    long ms = care.toMillis();
    var _ = carer.scheduleWithFixedDelay(this::care, ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Takes a place, or refuses with 503 when there is none. */
  Reply open(Exchange exchange, EventApi.Wanted wanted) {
    String caller = exchange.caller().at("").text();
    if (!takePlace(caller)) {
      parts.metrics().eventStreamsRefused.labelValues("caller").inc();
      throw new Refusal(
          Problem.of(
              HttpStatus.TOO_MANY_REQUESTS_429,
              "too-many-event-streams",
              "You have too many event streams open",
              "%d are open, as many as one key or user may have: half of limits.event-streams. Close some."
                  .formatted(mostOfOne)),
          Map.of("Retry-After", "10"));
    }
    if (closed || !places.tryAcquire()) {
      leavePlace(caller);
      parts.metrics().eventStreamsRefused.labelValues("all").inc();
      throw Refusal.unavailable(
          "As many event streams are open as the hub allows. Close some, or raise"
              + " limits.event-streams.");
    }
    return new Reply.Streaming(
        (response, callback) -> start(exchange.request(), response, callback, caller, wanted));
  }

  private boolean takePlace(String caller) {
    if (byCaller.merge(caller, 1, Integer::sum) <= mostOfOne) {
      return true;
    }
    leavePlace(caller);
    return false;
  }

  private void leavePlace(String caller) {
    byCaller.computeIfPresent(caller, (_, open) -> open > 1 ? open - 1 : null);
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
    String id = event instanceof Event.Durable durable ? "id: " + durable.id() + "\n" : "";
    byte[] bytes =
        (id + "event: " + event.type() + "\ndata: " + EventJson.text(event) + "\n\n")
            .getBytes(StandardCharsets.UTF_8);
    last = new Rendered(event, bytes);
    return bytes;
  }

  private void start(
      Request request,
      Response response,
      Callback callback,
      String caller,
      EventApi.Wanted wanted) {
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
          leavePlace(caller);
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
