package io.mooring.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.db.RangeReads;
import io.mooring.hub.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Following events: in order, none missing, none twice. */
class LiveFeedTest {
  private static final int ROUNDS = 400;

  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final EventStore store = new EventStore("test");
  private final LiveFeed feed = new LiveFeed(new RangeReads(DATABASE.database(), 4), store);

  @BeforeEach
  void device() {
    DATABASE.execute(
        "TRUNCATE device, command, event, session RESTART IDENTITY CASCADE",
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('a', 'a', now(), now()),"
            + " ('b', 'b', now(), now())");
  }

  @Test
  void followsAfterAnIdWithoutGapOrRepetitionWhileEventsCome() throws InterruptedException {
    List<List<Long>> seen = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                feed.publish(append(1, 2));
              }
              done.countDown();
            });
    List<AutoCloseable> open = new ArrayList<>();
    while (done.getCount() > 0 && seen.size() < 200) {
      List<Long> ids = new CopyOnWriteArrayList<>();
      seen.add(ids);
      open.add(feed.subscribe(Set.of(), false, 0L, e -> ids.add(((Event.Durable) e).id())));
    }
    done.await();
    List<Long> all =
        DATABASE.database().query(c -> store.after(c, 0, Set.of(), 10_000)).stream()
            .map(Event.Durable::id)
            .toList();
    assertThat(all).hasSize(2 * ROUNDS);
    assertThat(seen).allSatisfy(ids -> assertThat(ids).isEqualTo(all));
    assertThat(open).hasSizeGreaterThan(1);
  }

  /** A slow reader's past must not be read into memory, nor for nothing when it has gone. */
  @Test
  void readsThePastAsTheSubscriberTakesIt() {
    append(1, 2, 1, 2, 1, 2, 1, 2, 1, 2);
    List<Event> seen = new ArrayList<>();
    List<Integer> seenAtAsking = new ArrayList<>();
    EventFeed.Subscriber slow =
        new EventFeed.Subscriber() {
          @Override
          public void on(Event event) {
            seen.add(event);
          }

          @Override
          public int awaitRoom() {
            seenAtAsking.add(seen.size());
            return seen.size() < 6 ? 3 : 0;
          }
        };
    try (var _ = feed.subscribe(Set.of(), false, 0L, slow)) {
      assertThat(seenAtAsking).containsExactly(0, 3, 6);
      assertThat(seen).hasSize(6);
    }
  }

  @Test
  void beginsWithTheNewestOfThePast() {
    append(1, 1, 2, 1);
    assertThat(newest(2, Set.of())).isEqualTo(List.of(2, 1));
    assertThat(newest(2, Set.of(1))).isEqualTo(List.of(1, 1));
    assertThat(newest(10, Set.of())).isEqualTo(List.of(1, 1, 2, 1));
    assertThat(newest(10, Set.of(9))).isEmpty();
    assertThat(feed.beforeLast(10, Set.of(), Set.of("command"))).as("there is none").isZero();
  }

  @Test
  void theNewestIdOutlivesItsEvent() {
    DATABASE.execute("ALTER TABLE event ALTER COLUMN id RESTART");
    assertThat(feed.newest()).isZero();
    long id = append(1, 2).getLast().id();
    assertThat(feed.newest()).isEqualTo(id);
    DATABASE.execute("DELETE FROM event");
    assertThat(feed.newest()).isEqualTo(id);
  }

  private List<Integer> newest(int count, Set<Integer> devices) {
    List<Integer> seen = new ArrayList<>();
    long after = feed.beforeLast(count, devices, Set.of("presence", "command"));
    feed.subscribe(devices, false, after, event -> seen.add(event.deviceKey())).close();
    return seen;
  }

  /** The table shows a commit before the writer's callbacks tell of it. */
  @Test
  void doesNotRepeatWhatTheTableHadAlready() {
    List<Event.Durable> committed = append(1);
    List<Event> seen = new ArrayList<>();
    feed.subscribe(Set.of(), false, 0L, seen::add);
    feed.publish(committed);
    assertThat(seen).hasSize(1);
    feed.publish(append(1));
    assertThat(seen).hasSize(2);
  }

  @Test
  void eventsNameTheirCommandUntilItIsDeleted() {
    UUID id = UUID.fromString("00000000-0000-7000-8000-000000000001");
    DATABASE.execute(
        "INSERT INTO command (id, device_key, name, content_type, payload, state, created_at,"
            + " changed_at, expires_at, caller, request_digest) VALUES ('"
            + id
            + "', 1, 'ping', '', '', 'queued', now(), now(), now(), 'test', '')");
    var queued = new EventStore.New(Instant.now(), 1, "queued", null, id, "ping", "test");
    var live = DATABASE.database().transaction(c -> store.append(c, List.of(queued)));
    assertThat(live).singleElement().returns("ping", LiveFeedTest::commandOf);
    assertThat(past()).singleElement().returns("ping", LiveFeedTest::commandOf);
    DATABASE.execute("DELETE FROM command");
    assertThat(past()).singleElement().returns("deleted", LiveFeedTest::commandOf);
  }

  private List<Event.Durable> past() {
    return DATABASE.database().query(c -> store.after(c, 0, Set.of(), 10));
  }

  private static String commandOf(Event event) {
    return Objects.requireNonNullElse(((Event.CommandChange) event).name(), "deleted");
  }

  @Test
  void aSubscriberThatThrowsHarmsNoOtherAndIsLetGo() {
    List<Event> seen = new ArrayList<>();
    List<Event> tried = new ArrayList<>();
    feed.subscribe(
        Set.of(),
        false,
        null,
        e -> {
          tried.add(e);
          throw new IllegalStateException("full");
        });
    feed.subscribe(Set.of(), false, null, seen::add);
    feed.publish(append(1, 2));
    feed.publish(append(1));
    assertThat(seen).hasSize(3);
    assertThat(tried).hasSize(1);
  }

  @Test
  void aSubscriberThatThrowsWhileItReadsThePastIsLetGo() {
    append(1);
    List<Event> tried = new ArrayList<>();
    assertThatThrownBy(
            () ->
                feed.subscribe(
                    Set.of(1),
                    true,
                    0L,
                    e -> {
                      tried.add(e);
                      throw new IllegalStateException("full");
                    }))
        .hasMessage("full");
    feed.publish(append(1));
    assertThat(tried).hasSize(1);
    assertThat(feed.isWatched(1)).isFalse();
  }

  @Test
  void telemetryComesOnlyFromWatchedDevices() {
    List<Event> seen = new ArrayList<>();
    try (var _ = feed.subscribe(Set.of(2), true, null, seen::add)) {
      assertThat(feed.isWatched(1)).isFalse();
      assertThat(feed.isWatched(2)).isTrue();
      feed.publish(new Event.Telemetry(1, "a", Instant.EPOCH, List.of()));
      feed.publish(new Event.Telemetry(2, "b", Instant.EPOCH, List.of()));
      feed.publish(append(1, 2));
    }
    assertThat(seen).extracting(Event::deviceKey).containsExactly(2, 2);
    assertThat(feed.isWatched(2)).isFalse();
  }

  @Test
  void aWatchIsNotLostWhileOthersComeAndGo() throws InterruptedException {
    for (int round = 0; round < 300; round++) {
      var first = feed.subscribe(Set.of(1), true, null, e -> {});
      Thread leaving = Thread.ofPlatform().start(first::close);
      var second = feed.subscribe(Set.of(1), true, null, e -> {});
      leaving.join();
      assertThat(feed.isWatched(1)).as("round %d", round).isTrue();
      second.close();
      assertThat(feed.isWatched(1)).isFalse();
    }
  }

  private List<Event.Durable> append(int... devices) {
    return DATABASE
        .database()
        .transaction(
            c ->
                store.append(
                    c,
                    IntStream.of(devices)
                        .mapToObj(
                            key -> new EventStore.New(Instant.now(), key, "online", 1L, "test"))
                        .toList()));
  }
}
