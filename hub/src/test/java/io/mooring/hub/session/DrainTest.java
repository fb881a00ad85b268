package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A hub that goes down tells each of its devices when to come back. */
class DrainTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  /** The slots of so many devices of a hub that admits so many handshakes a second. */
  private static List<Duration> slots(int devices, int handshakes) {
    SocketLimits limits = new SocketLimits(handshakes, 1_000, 4, 100, 100, 100, 60, 0, 0);
    List<FakeSender> senders = IntStream.range(0, devices).mapToObj(_ -> new FakeSender()).toList();
    FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));
    try (DataPath path = DataPaths.start(DATABASE.database(), time, DataPaths.sockets(limits))) {
      for (int i = 0; i < devices; i++) {
        path.sessions().begin(new Sessions.Identity(i, "d" + i, "t" + i), senders.get(i));
      }
    }
    assertThat(senders).extracting(sender -> sender.closed).containsOnly(CloseReason.DRAINING);
    return senders.stream().map(sender -> sender.retryAfter).toList();
  }

  @Test
  void aFleetReturnsBelowTheHandshakesThatAreAdmitted() {
    List<Duration> slots = slots(100, 10);
    assertThat(slots).isNotEqualTo(slots.stream().sorted().toList());
    assertThat(slots.stream().sorted().toList())
        .as("one each eighth of a second")
        .isEqualTo(
            IntStream.rangeClosed(1, 100).mapToObj(i -> Duration.ofMillis(125L * i)).toList());
  }

  @Test
  void aSmallFleetSpreadsOverTheTimeThatAShutdownMayTake() {
    assertThat(slots(5, 5_000).stream().sorted().toList())
        .isEqualTo(IntStream.rangeClosed(1, 5).mapToObj(i -> Duration.ofMillis(100L * i)).toList());
    assertThat(slots(5, 0)).allMatch(slot -> slot.compareTo(Duration.ofMillis(500)) <= 0);
  }
}
