package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.presence.PresenceChange;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Sessions of a device open, fall silent, close and are taken over in every order, on two hubs that
 * know nothing of each other: only the epoch keeps a late word of an older session from the newer
 * one. Each device is a schedule of its own, drawn from its seed; a failing one is named, and comes
 * again with {@code -Dschedule.seed}.
 */
class EpochScheduleTest {
  private static final int SCHEDULES = 2_000;

  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final long base = Long.getLong("schedule.seed", new Random().nextInt(1_000_000));
  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));

  /** A session on one of the hubs. */
  private static final class Actor {
    private final FakeSender sender = new FakeSender();
    private final DeviceSession session;
    private boolean ended;

    Actor(DataPath hub, int key) {
      Sessions.Identity identity = new Sessions.Identity(key, "d" + key, "td" + key);
      session = hub.sessions().begin(identity, sender);
    }

    void hello() {
      session.on(new Inbound.Hello("test", List.of()));
    }

    void silent() {
      if (session.phase() == Phase.OPEN) {
        session.present(PresenceChange.State.SUSPECT, "a heartbeat is missing");
      }
    }

    void heard() {
      if (session.phase() == Phase.OPEN) {
        session.present(PresenceChange.State.ONLINE, "heard again");
      }
    }

    void cut() {
      ended = true;
      session.ended(1006, "cut");
    }

    void close() {
      ended = true;
      session.close(CloseReason.HEARTBEAT_TIMEOUT, Duration.ZERO, "test");
    }
  }

  @Test
  void aLateWordOfAnOlderSessionChangesNothing() {
    DATABASE.execute("TRUNCATE device, command, event, session RESTART IDENTITY CASCADE");
    DATABASE.execute(
        "INSERT INTO device (id, name, created_at, updated_at) SELECT 'd' || n, 'd' || n, now(), now()"
            + " FROM generate_series(1, %d) n".formatted(SCHEDULES),
        "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
            + " SELECT 'td' || key, key, 'test', decode(repeat('00', 32), 'hex'), now(), '2026-01-01' FROM device");
    DataPath first = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    DataPath second = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    List<List<Actor>> all = new ArrayList<>();
    for (int key = 1; key <= SCHEDULES; key++) {
      all.add(run(List.of(first, second), key, new Random(base + key)));
    }
    settle(first, second);
    for (int key = 1; key <= SCHEDULES; key++) {
      checkPresence(key, all.get(key - 1));
    }
    // Another hub begins and takes all for dead; then the two that were taken for dead speak again.
    DataPath third = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    List<Actor> newest = new ArrayList<>();
    for (int key = 1; key <= SCHEDULES; key++) {
      Random random = new Random(base - key);
      if (random.nextBoolean()) {
        newest.add(new Actor(third, key));
        newest.getLast().hello();
      }
      List<Actor> zombies = all.get(key - 1);
      zombies.get(random.nextInt(zombies.size())).silent();
      zombies.forEach(random.nextBoolean() ? Actor::cut : Actor::close);
    }
    settle(first, second, third);
    assertThat(sql.number("SELECT count(*) FROM presence WHERE state = 'online'"))
        .as("sessions of the third hub, seed %d", base)
        .isEqualTo(newest.size());
    assertThat(sql.number("SELECT count(*) FROM presence WHERE state = 'suspect'")).isZero();
    assertThat(sql.number("SELECT count(*) FROM session WHERE closed_at IS NULL"))
        .isEqualTo(newest.size());
    first.close();
    second.close();
    third.close();
  }

  /** Two to four sessions, each on one of the hubs; their steps are shuffled, each in its order. */
  private static List<Actor> run(List<DataPath> hubs, int key, Random random) {
    List<Actor> actors =
        IntStream.range(0, 2 + random.nextInt(3))
            .mapToObj(_ -> new Actor(hubs.get(random.nextInt(hubs.size())), key))
            .toList();
    List<List<Runnable>> scripts = new ArrayList<>();
    for (Actor actor : actors) {
      List<Runnable> script = new ArrayList<>(List.of(actor::hello));
      for (int i = random.nextInt(4); i > 0; i--) {
        List<Runnable> steps = List.of(actor::silent, actor::heard, actor::cut, actor::close);
        script.add(steps.get(random.nextInt(steps.size())));
      }
      scripts.add(script);
    }
    while (!scripts.isEmpty()) {
      List<Runnable> script = scripts.get(random.nextInt(scripts.size()));
      script.removeFirst().run();
      if (script.isEmpty()) {
        scripts.remove(script);
      }
    }
    return actors;
  }

  /** The newest session decides: only it may say that the device is there or gone. */
  private void checkPresence(int key, List<Actor> actors) {
    String seed = "schedule.seed %d, device %d".formatted(base, key);
    long epochs = sql.number("SELECT count(*) FROM session WHERE device_key = " + key);
    assertThat(sql.number("SELECT max(epoch) FROM session WHERE device_key = " + key))
        .as("each opening has raised the epoch, %s", seed)
        .isEqualTo(epochs);
    Actor newest =
        actors.stream()
            .filter(actor -> actor.session.epoch() == epochs)
            .findFirst()
            .orElseThrow(() -> new AssertionError("nobody has epoch " + epochs + ", " + seed));
    String state = sql.text("SELECT state || ' ' || epoch FROM presence WHERE device_key = " + key);
    if (newest.ended) {
      assertThat(state).as(seed).isEqualTo("offline " + epochs);
    } else {
      assertThat(state).as(seed).isIn("online " + epochs, "suspect " + epochs);
      assertThat(newest.session.phase()).as(seed).isEqualTo(Phase.OPEN);
    }
  }

  private static void settle(DataPath... hubs) {
    for (int i = 0; i < 3; i++) {
      for (DataPath hub : hubs) {
        hub.writer().flushed().join();
      }
    }
  }
}
