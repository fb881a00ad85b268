package io.mooring.hub.web;

import io.mooring.hub.access.Scope;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
 * All open event streams. Every few seconds one virtual thread keeps quiet ones alive and ends
 * those whose reader has stopped reading; another, which may have to wait for the database, ends
 * those whose caller may no longer listen.
 */
final class EventStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
  static final Duration CARE = Duration.ofSeconds(5);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rendered(Event event, byte[] bytes) {}

  private final WebParts parts;
  private final Authenticator authenticator;
  private final Semaphore places;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService carer =
      Executors.newScheduledThreadPool(2, Thread.ofVirtual().name("event-streams-", 0).factory());
  private volatile @Nullable Rendered last;
  private volatile boolean closed;

  EventStreams(WebParts parts, Authenticator authenticator, Duration care) {
    this.parts = parts;
    this.authenticator = authenticator;
    this.places = new Semaphore(parts.limits().eventStreams());
    every(care, this::care);
    every(care, this::judge);
  }

  private void every(Duration period, Runnable task) {
    long ms = period.toMillis();
    var _ = carer.scheduleWithFixedDelay(task, ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Takes a place, or refuses with 503 when there is none. */
  Reply open(Exchange exchange, EventApi.Wanted wanted) {
    Authenticator.Credential credential =
        Authenticator.credential(exchange.request()).orElseThrow();
    if (closed || !places.tryAcquire()) {
      throw Refusal.unavailable(
          "As many event streams are open as the hub allows. Close some, or raise"
              + " limits.event-streams.");
    }
    return new Reply.Streaming(
        (response, callback) -> start(exchange.request(), response, callback, credential, wanted));
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
      Authenticator.Credential credential,
      EventApi.Wanted wanted) {
    EventStream stream =
        new EventStream(
            new EventStream.Line(response, callback),
            this::render,
            parts.limits().eventBacklog(),
            wanted,
            credential,
            parts.clock());
    open.add(stream);
    stream.whenOver(
        () -> {
          open.remove(stream);
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

  /**
   * Asks once for each caller, however many streams it has. While the database is away nobody is
   * sent off.
   */
  private void judge() {
    Map<Authenticator.Credential, Optional<Caller>> callers = new HashMap<>();
    try {
      for (EventStream stream : open) {
        Optional<Caller> caller = callers.computeIfAbsent(stream.credential(), this::caller);
        if (caller.isEmpty() || !mayListen(caller.get(), stream.wanted())) {
          stream.end();
        }
      }
    } catch (DatabaseException e) {
      LOG.debug("Whether callers may still listen is asked again later", e);
    } catch (RuntimeException e) {
      LOG.warn("Whether callers may still listen could not be asked", e);
    }
  }

  private Optional<Caller> caller(Authenticator.Credential credential) {
    try {
      return Optional.of(authenticator.caller(credential));
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static boolean mayListen(Caller caller, EventApi.Wanted wanted) {
    return caller.mayAny(Set.of(Scope.DEVICES_READ))
        && (!wanted.telemetry() || caller.mayAny(Set.of(Scope.TELEMETRY_READ)));
  }
}
