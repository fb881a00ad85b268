package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.Scope;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
  private static final UUID COMMAND = new UUID(1, 2);

  private final TestHub hub = new TestHub(TestHub.limits(3, 100));
  private final List<EventReader> streams = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (EventReader stream : streams) {
      stream.close();
    }
    hub.close();
  }

  @Test
  void eventsComeAsTheyHappen() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();

    hub.feed.publish(presence(7, "online"));
    hub.feed.publish(
        new Event.CommandChange(8, 1, "pump-7", AT, "sent", 3L, "relayed", COMMAND, "ping"));

    assertThat(stream.next())
        .containsExactly(
            "id: 7",
            "event: presence",
            "data: {\"id\":\"7\",\"type\":\"presence\",\"device\":\"pump-7\","
                + "\"at\":\"2026-11-22T10:00:00Z\",\"state\":\"online\",\"epoch\":3,\"cause\":\"hello\"}");
    assertThat(stream.next())
        .contains("id: 8", "event: command")
        .anyMatch(line -> line.contains("\"command\":\"" + COMMAND + "\",\"name\":\"ping\""));
  }

  @Test
  void headSaysWhatItIs() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);

    assertThat(stream.next())
        .startsWith("HTTP/1.1 200 OK")
        .contains("Content-Type: text/event-stream", "Cache-Control: no-store")
        .noneMatch(line -> line.startsWith("Content-Encoding"));
  }

  @Test
  void wishesReachTheFeed() throws IOException {
    int key = hub.device("pump-7");
    open(
            "?device=pump-7&type=command,telemetry",
            hub.with(Scope.DEVICES_READ, Scope.TELEMETRY_READ),
            "41")
        .skipHead();

    FakeEventFeed.Subscribed subscribed = hub.feed.open.getFirst();
    assertThat(subscribed.devices()).containsExactly(key);
    assertThat(subscribed.telemetry()).isTrue();
    assertThat(subscribed.afterId()).isEqualTo(41);
  }

  @Test
  void onlyTheTypesAskedForAndTelemetryWithoutId() throws IOException {
    hub.device("pump-7");
    EventReader stream =
        open(
            "?device=pump-7&type=telemetry",
            hub.with(Scope.DEVICES_READ, Scope.TELEMETRY_READ),
            null);
    stream.skipHead();

    hub.feed.publish(presence(1, "online"));
    hub.feed.publish(
        new Event.Telemetry(1, "pump-7", AT, List.of(new Event.Value("temp", AT, Double.NaN))));

    assertThat(stream.next())
        .containsExactly(
            "event: telemetry",
            "data: {\"type\":\"telemetry\",\"device\":\"pump-7\",\"at\":\"2026-11-22T10:00:00Z\","
                + "\"readings\":[{\"metric\":\"temp\",\"time\":\"2026-11-22T10:00:00Z\",\"value\":null}]}");
  }

  @Test
  void wrongWishesAreRefused() {
    Api api = hub.with(Scope.DEVICES_READ);
    api.get("/api/v1/events?device=nobody").isRefused(404, "");
    for (String last : new String[] {"x", "-1", "501"}) {
      api.get("/api/v1/events?last=" + last).isRefused(400, "?last");
    }
    api.get("/api/v1/events?type=all").isRefused(400, "?type");
    api.get("/api/v1/events?type=telemetry").isRefused(400, "?type");
    api.with("Last-Event-ID", "x").get("/api/v1/events").isRefused(400, "Last-Event-ID");
    Api.Answer newer = api.with("Last-Event-ID", "1001").get("/api/v1/events");
    newer.isRefused(400, "Last-Event-ID");
    assertThat(newer.json().at("/errors/0/detail").asString())
        .contains("newer than the newest event");
    hub.device("pump-7");
    api.get("/api/v1/events?type=telemetry&device=pump-7").isRefused(403, "");
    assertThat(hub.feed.open).isEmpty();
  }

  @Test
  void quietStreamIsKeptAlive() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();

    hub.clock.pass(Duration.ofSeconds(15));

    assertThat(stream.next()).containsExactly(": ");
  }

  /** Asking whether callers may still listen waits for the database; staying alive does not. */
  @Test
  void quietStreamIsKeptAliveWhileTheDatabaseDoesNotAnswer() throws Exception {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();
    try (Connection locking = hub.database.database().openOwn()) {
      locking.setAutoCommit(false);
      locking.createStatement().execute("LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE");
      hub.clock.pass(Duration.ofSeconds(15));
      assertThat(stream.next()).containsExactly(": ");
    }
  }

  /** The past comes page by page: the next one when the former has been written. */
  @Test
  void takesThePastAsTheReaderReadsIt() throws Exception {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), "1");
    stream.skipHead();
    EventFeed.Subscriber subscriber = hub.feed.open.getFirst().subscriber();
    assertThat(subscriber.awaitRoom()).isEqualTo(25);
    for (int id = 1; id <= 25; id++) {
      subscriber.on(presence(id, "x".repeat(1_000_000)));
    }
    CompletableFuture<Integer> room = CompletableFuture.supplyAsync(subscriber::awaitRoom);
    assertThat(room).isNotDone();
    for (int id = 1; id <= 25; id++) {
      assertThat(stream.next()).contains("id: " + id);
    }
    assertThat(room.get()).isEqualTo(25);

    hub.revokeAllKeys();

    await().until(() -> subscriber.awaitRoom() == 0);
  }

  @Test
  void asManyStreamsAsAllowed() throws IOException {
    Api api = hub.with(Scope.DEVICES_READ);
    for (int i = 0; i < 2; i++) {
      open("", api, null).skipHead();
    }
    Api.Answer third = api.get("/api/v1/events");
    third.isRefused(429, "");
    assertThat(third.json().at("/type").asString()).endsWith("too-many-event-streams");
    Api other = hub.with(Scope.DEVICES_READ);
    open("", other, null).skipHead();
    Api.Answer fourth = other.get("/api/v1/events");
    fourth.isRefused(503, "");
    assertThat(fourth.header("Retry-After")).isNotEmpty();
    assertThat(hub.metrics.eventStreamsRefused.labelValues("caller").get()).isEqualTo(1);
    assertThat(hub.metrics.eventStreamsRefused.labelValues("all").get()).isEqualTo(1);

    streams.getFirst().close();
    await()
        .until(
            () -> {
              hub.feed.publish(presence(1, "online"));
              return hub.web.eventStreams() == 2;
            });
    open("", api, null).skipHead();
  }

  @Test
  void revokedKeyEndsItsStream() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();

    hub.revokeAllKeys();

    assertThat(stream.rest()).isEmpty();
    assertThat(hub.feed.open).isEmpty();
  }

  @Test
  void readerThatLagsGetsWhatWaitedAndThenTheEnd() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();
    long published = 0;
    while (!hub.feed.open.isEmpty()) {
      hub.feed.publish(presence(++published, "x".repeat(8_000)));
    }

    List<String> ids = stream.rest().stream().filter(line -> line.startsWith("id: ")).toList();

    assertThat(ids).hasSizeGreaterThanOrEqualTo(100).hasSizeLessThan((int) published + 1);
    for (int i = 0; i < ids.size(); i++) {
      assertThat(ids.get(i)).isEqualTo("id: " + (i + 1));
    }
    await().until(() -> hub.web.eventStreams() == 0);
  }

  @Test
  void readerThatNeverReadsIsCutOff() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();
    for (int id = 1; !hub.feed.open.isEmpty(); id++) {
      hub.feed.publish(presence(id, "x".repeat(60_000)));
    }
    assertThat(hub.web.eventStreams()).isEqualTo(1);

    hub.clock.pass(Duration.ofSeconds(60));

    await().until(() -> hub.web.eventStreams() == 0);
  }

  @Test
  void telemetryIsLeftOutBeforeTheStreamSuffers() throws IOException {
    hub.device("pump-7");
    EventReader stream =
        open(
            "?device=pump-7&type=presence,telemetry",
            hub.with(Scope.DEVICES_READ, Scope.TELEMETRY_READ),
            null);
    stream.skipHead();
    String text = "x".repeat(20_000);
    for (int i = 0; i < 1_000; i++) {
      hub.feed.publish(
          new Event.Telemetry(1, "pump-7", AT, List.of(new Event.Value("t", AT, text))));
    }

    hub.feed.publish(presence(1, "offline"));

    List<String> event;
    do {
      event = stream.next();
    } while (!event.getFirst().startsWith("id: "));
    assertThat(event).contains("event: presence");
    assertThat(hub.feed.open).hasSize(1);
  }

  @Test
  void shutdownEndsStreams() throws IOException {
    EventReader stream = open("", hub.with(Scope.DEVICES_READ), null);
    stream.skipHead();

    assertThat(hub.web.shutdown()).isCompleted();

    assertThat(stream.rest()).isEmpty();
    hub.with(Scope.DEVICES_READ).get("/api/v1/events").isRefused(503, "");
  }

  private static Event presence(long id, String state) {
    return new Event.Presence(id, 1, "pump-7", AT, state, 3L, "hello");
  }

  private EventReader open(String query, Api api, @Nullable String lastEventId) throws IOException {
    EventReader stream = EventReader.open(hub.base(), query, api, lastEventId);
    streams.add(stream);
    return stream;
  }
}
