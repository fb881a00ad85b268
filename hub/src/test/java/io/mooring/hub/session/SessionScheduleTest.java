package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of one device that open, close and take over in every order, over the real database. */
class SessionScheduleTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  private DataPath path;
  private Sessions sessions;

  @BeforeEach
  void start() {
    DATABASE.execute("TRUNCATE device, command, event, session RESTART IDENTITY CASCADE");
    path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    sessions = path.sessions();
  }

  @AfterEach
  void stop() {
    path.close();
  }

  private final class Actor {
    final FakeSender sender = new FakeSender();
    final DeviceSession session;

    Actor(int device) {
      session = sessions.begin(new Sessions.Identity(device, "d" + device, "td" + device), sender);
    }

    void hello() {
      session.on(new Inbound.Hello("test", List.of()));
    }

    void cut() {
      session.ended(1006, "cut");
    }

    boolean live() {
      return session.phase() == Phase.OPEN;
    }
  }

  /** Each seed is one device: 2 or 3 sessions, their steps shuffled, some of them at once. */
  @Test
  void thereIsOneLiveSessionAndPresenceTellsTheNewestOnesTruth() throws InterruptedException {
    int devices = 120;
    List<List<Actor>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int seed = 1; seed <= devices; seed++) {
        int key = sql.device("d" + seed);
        List<Actor> actors =
            IntStream.range(0, 2 + seed % 2).mapToObj(i -> new Actor(key)).toList();
        all.add(actors);
        for (Runnable step : schedule(actors, new Random(seed))) {
          threads.execute(step);
        }
      }
    }
    settle();
    for (int seed = 1; seed <= devices; seed++) {
      check(seed, all.get(seed - 1));
    }
    all.forEach(actors -> actors.forEach(Actor::cut));
    settle();
    assertThat(sessions.registry().size()).isZero();
    for (int seed = 1; seed <= devices; seed++) {
      assertThat(sessions.registry().of(seed)).isEmpty();
    }
    assertThat(sql.number("SELECT count(*) FROM presence WHERE state <> 'offline'")).isZero();
    assertThat(sql.number("SELECT count(*) FROM session WHERE closed_at IS NULL")).isZero();
  }

  private static List<Runnable> schedule(List<Actor> actors, Random random) {
    List<List<Runnable>> scripts = new ArrayList<>();
    for (Actor actor : actors) {
      List<Runnable> script = new ArrayList<>(List.of(actor::hello));
      switch (random.nextInt(4)) {
        case 0 -> {}
        case 1 -> script.add(actor::cut);
        case 2 -> {
          script.add(actor::cut);
          script.add(actor::cut);
        }
        default ->
            script.add(() -> actor.session.close(CloseReason.HELLO_TIMEOUT, Duration.ZERO, "test"));
      }
      scripts.add(script);
    }
    List<Runnable> steps = new ArrayList<>();
    while (!scripts.isEmpty()) {
      List<Runnable> script = scripts.get(random.nextInt(scripts.size()));
      steps.add(script.removeFirst());
      if (script.isEmpty()) {
        scripts.remove(script);
      }
    }
    return steps;
  }

  private void check(int seed, List<Actor> actors) {
    List<Actor> live = actors.stream().filter(Actor::live).toList();
    assertThat(live).as("live sessions, seed %d", seed).hasSizeLessThanOrEqualTo(1);
    String presence =
        sql.text("SELECT state || ' ' || epoch FROM presence WHERE device_key = " + seed);
    long newest =
        sql.number("SELECT coalesce(max(epoch), 0) FROM session WHERE device_key = " + seed);
    if (live.isEmpty()) {
      assertThat(sessions.registry().of(seed)).as("registry, seed %d", seed).isEmpty();
      assertThat(presence).as("seed %d", seed).isIn("offline " + newest, "(no row)");
    } else {
      assertThat(sessions.registry().of(seed)).contains(live.getFirst().session);
      assertThat(presence).as("seed %d", seed).isEqualTo("online " + newest);
      assertThat(live.getFirst().session.epoch()).isEqualTo(newest);
    }
    assertThat(
            sql.number(
                "SELECT count(*) FROM session WHERE closed_at IS NULL AND device_key = " + seed))
        .as("open rows, seed %d", seed)
        .isEqualTo(live.size());
    for (Actor actor : actors) {
      if (actor.sender.closed == CloseReason.REPLACED) {
        assertThat(actor.session.epoch()).isLessThan(newest);
      }
    }
  }

  /** Hello and an end from the hub's side meet: the session must not come back to life. */
  @Test
  void aSessionThatEndsWhileItSaysHelloStaysEnded() throws InterruptedException {
    List<Actor> actors = new ArrayList<>();
    int key = 0;
    for (int i = 0; i < 400; i++) {
      // No device may come as often as that.
      key = i % 20 == 0 ? sql.device("d" + i) : key;
      Actor actor = new Actor(key);
      actors.add(actor);
      CountDownLatch go = new CountDownLatch(1);
      Thread hello = Thread.ofPlatform().start(() -> after(go, actor::hello));
      Thread cut = Thread.ofPlatform().start(() -> after(go, actor::cut));
      go.countDown();
      hello.join();
      cut.join();
    }
    settle();
    assertThat(actors).noneMatch(Actor::live);
    assertThat(sessions.registry().size()).isZero();
    assertThat(sql.number("SELECT count(*) FROM session WHERE closed_at IS NULL")).isZero();
  }

  /** The socket ends while the welcome of its session is under way. */
  @Test
  void aSessionThatEndsWhileItOpensLeavesNothingBehind() throws InterruptedException {
    int devices = 300;
    List<Actor> actors = new ArrayList<>();
    IntStream.rangeClosed(1, devices).forEach(i -> actors.add(new Actor(sql.device("d" + i))));
    for (Actor actor : actors) {
      actor.hello();
      await().pollDelay(Duration.ZERO).pollInterval(Duration.ofNanos(1)).until(actor::live);
      actor.cut();
    }
    settle();
    for (int key = 1; key <= devices; key++) {
      assertThat(sessions.registry().of(key)).as("device %d", key).isEmpty();
    }
  }

  @Test
  void aReplacedSessionIsClosedForThat() {
    int key = sql.device("d1");
    Actor first = new Actor(key);
    first.hello();
    await().until(first.sender::isWelcome);
    Actor second = new Actor(key);
    second.hello();
    await().until(second.sender::isWelcome);
    assertThat(first.sender.closed).isEqualTo(CloseReason.REPLACED);
    first.cut();
    settle();
    assertThat(sql.text("SELECT state || ' ' || epoch FROM presence")).isEqualTo("online 2");
    assertThat(sql.number("SELECT close_code FROM session WHERE epoch = 1")).isEqualTo(4206);
  }

  /** A close reason is the device's own text: nothing in it may keep the device online. */
  @Test
  void aCloseReasonThatCannotBeStoredIsCleaned() {
    int key = sql.device("d1");
    Actor actor = new Actor(key);
    actor.hello();
    await().until(actor.sender::isWelcome);
    actor.session.ended(1000, "bye\0\u0007now");
    settle();
    assertThat(sql.text("SELECT state FROM presence")).isEqualTo("offline");
    assertThat(sql.text("SELECT close_reason FROM session")).isEqualTo("bye??now");
  }

  @Test
  void aRevokedTokenOpensNothing() {
    int key = sql.device("d1");
    DATABASE.execute("UPDATE device_token SET revoked_at = now()");
    Actor actor = new Actor(key);
    actor.hello();
    await().until(() -> actor.sender.closed == CloseReason.TOKEN_REVOKED);
    assertThat(sql.number("SELECT count(*) FROM presence")).isZero();
  }

  @Test
  void aDisabledDeviceOpensNothing() {
    int key = sql.device("d1");
    DATABASE.execute("UPDATE device SET enabled = false");
    Actor actor = new Actor(key);
    actor.hello();
    await().until(() -> actor.sender.closed == CloseReason.DEVICE_DISABLED);
  }

  private static void after(CountDownLatch go, Runnable step) {
    try {
      go.await();
      step.run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that was submitted is committed and told, and what was submitted because of that too. */
  private void settle() {
    for (int i = 0; i < 3; i++) {
      path.writer().flushed().join();
    }
  }
}
