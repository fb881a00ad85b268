package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A device at 10 frames and 10 000 bytes a second, by a clock that the test moves. */
class ReadRateTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private static final SocketLimits LIMITS =
      new SocketLimits(0, 10, 10, 10, 10, 10, 60, 10, 10_000);

  private record Task(Runnable run, Duration after) {}

  private final FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));
  private final Deque<Task> later = new ArrayDeque<>();

  @AutoClose
  private final DataPath path =
      DataPaths.start(DATABASE.database(), time, DataPaths.sockets(LIMITS));

  private final Sessions sessions = path.sessions();
  private final FakeSender sender = new FakeSender();
  private final DeviceSession session = open();
  private final ReadRate rate =
      new ReadRate(session, sessions, (run, after) -> later.add(new Task(run, after)));

  private DeviceSession open() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    int key = new Sql(DATABASE).device("d");
    DeviceSession opened = sessions.begin(new Sessions.Identity(key, "d", "td"), sender);
    opened.on(new Inbound.Hello("test", List.of()));
    await().until(sender::isWelcome);
    return opened;
  }

  /** As many small frames as are read at once. */
  private int frames(int most) {
    int read = 0;
    while (read < most && rate.mayReadOn(true, 100)) {
      read++;
    }
    return read;
  }

  @Test
  void whoSendsTooManyFramesIsNotReadForAWhile() {
    assertThat(frames(100)).as("two seconds' worth at once").isEqualTo(20);
    assertThat(session.line().isHeld()).as("silence is the hub's doing").isTrue();
    assertThat(later).singleElement().extracting(Task::after).isEqualTo(Duration.ofMillis(100));
    assertThat(sessions.metrics().rateHolds.get()).isEqualTo(1);
    time.advance(Duration.ofMillis(100));
    later.remove().run().run();
    assertThat(sender.resumed).hasValue(1);
    assertThat(session.line().isHeld()).isFalse();
    assertThat(frames(100)).as("what was over is paid").isZero();
    time.advance(Duration.ofMinutes(5));
    assertThat(frames(100)).isEqualTo(20);
    assertThat(sender.closed).isNull();
  }

  @Test
  void bytesCountLikewise() {
    assertThat(rate.mayReadOn(false, 20_000)).isTrue();
    assertThat(rate.mayReadOn(true, 5_000)).isFalse();
    assertThat(later).singleElement().extracting(Task::after).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void piecesOfAMessageAreOneFrame() {
    for (int i = 0; i < 100; i++) {
      assertThat(rate.mayReadOn(false, 100)).isTrue();
    }
    assertThat(frames(100)).isEqualTo(20);
  }

  @Test
  void whoNeverRestsIsSentAway() {
    frames(20);
    for (int i = 0; i < 600; i++) {
      assertThat(rate.mayReadOn(true, 100)).isFalse();
      assertThat(sender.closed).as("after %d ms", i * 100).isNull();
      time.advance(Duration.ofMillis(100));
    }
    assertThat(rate.mayReadOn(true, 100)).isFalse();
    assertThat(sender.closed).isEqualTo(CloseReason.RATE_LIMITED);
  }

  /** A backlog after an outage, then the usual pace, then another one. */
  @Test
  void whoRestsNowAndThenIsNot() {
    for (int i = 0; i < 10; i++) {
      frames(21);
      time.advance(Duration.ofSeconds(50));
      assertThat(frames(1)).isEqualTo(1);
    }
    assertThat(sender.closed).isNull();
  }
}
