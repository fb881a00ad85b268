package io.mooring.device.internal.session;

import static io.mooring.protocol.v1.DeviceFrame.BodyCase.HEARTBEAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.transport.Ending;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.TelemetryAck;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ConnectionTest {
  @Test
  void heartbeatsComeAtTheIntervalAndEchoTheHubsClock() {
    Rig rig = Rig.open();
    assertThat(heartbeats(rig)).hasSize(1);
    rig.loop.advance(Duration.ofMillis(40));
    rig.hub.line().reply(heartbeats(rig).get(0).getTimeUs(), 9_500_000);
    rig.loop.run();
    assertThat(rig.supervisor.roundTrip()).contains(Duration.ofMillis(40));

    rig.loop.advance(Duration.ofMillis(9_959));
    assertThat(heartbeats(rig)).hasSize(1);
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(heartbeats(rig)).hasSize(2);
    Heartbeat second = heartbeats(rig).get(1);
    assertThat(second.getHubTimeUs()).isEqualTo(9_500_000);
    assertThat(second.getHeldUs()).isEqualTo(9_960_000);
    assertThat(second.getTimeUs()).isEqualTo(rig.loop.timeMicros());
  }

  @Test
  void aBusyLineNeedsFewHeartbeats() {
    Rig rig = Rig.open();
    for (int second = 1; second <= 39; second++) {
      rig.loop.advance(Duration.ofSeconds(1));
      rig.send(second);
      rig.hub.line().ack(second);
      rig.loop.run();
    }
    assertThat(heartbeats(rig)).hasSize(1);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(heartbeats(rig)).as("one in four intervals, for the clocks").hasSize(2);
  }

  @Test
  void aDeviceThatTalksAndHearsNothingAsksForALifeSign() {
    Rig rig = Rig.open();
    for (int second = 1; second <= 10; second++) {
      rig.loop.advance(Duration.ofSeconds(1));
      rig.send(second);
    }
    assertThat(heartbeats(rig)).hasSize(2);
  }

  @Test
  void aSilentHubIsLeftAfterTwoAndAHalfIntervals() {
    Rig rig = Rig.open();
    rig.loop.advance(Duration.ofMillis(24_999));
    assertThat(rig.hub.line().aborted).isFalse();
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(rig.hub.lines.get(0).aborted).isTrue();
    assertThat(rig.states.get(2)).startsWith("waiting: nothing heard");
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.hub.lines).hasSize(2);
  }

  /** P-61: a hub that is killed loses all its devices at one moment. */
  @Test
  void aDeviceThatLosesItsHubWaitsForItsSlot() {
    Rig rig = Rig.open(30_000);
    rig.hub.line().end(1006, "");
    rig.loop.advance(Duration.ofMillis(29_999));
    assertThat(rig.hub.lines).hasSize(1);
    rig.loop.advance(Duration.ofMillis(1_001));
    assertThat(rig.hub.lines).hasSize(2);
    rig.hub.line().listener.ended(new Ending.Failed("no route"));
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.hub.lines).as("only once").hasSize(3);
  }

  @Test
  void aDeviceThatIsToldWhenToComeBackGoesByThat() {
    Rig rig = Rig.open(30_000);
    rig.hub.line().end(4000, "draining; retry-ms=1000");
    rig.loop.advance(Duration.ofMillis(1_200));
    assertThat(rig.hub.lines).hasSize(2);
  }

  /** As in a rolling upgrade: each of the hubs in turn sends its devices to the others. */
  @Test
  void aDeviceThatIsMovedAgainSoonComesBackWhenItIsTold() {
    Rig rig = Rig.open();
    for (int move = 1; move <= 4; move++) {
      rig.hub.line().end(4000, "draining; retry-ms=1");
      rig.loop.advance(Duration.ofMillis(2));
      assertThat(rig.hub.lines).hasSize(1 + move);
      rig.hub.line().listener.opened();
      rig.loop.run();
      rig.hub.line().welcome(0);
      rig.loop.advance(Duration.ofSeconds(15));
    }
  }

  @Test
  void anyFrameOfTheHubCountsAsLife() {
    Rig rig = Rig.open();
    for (int i = 0; i < 10; i++) {
      rig.loop.advance(Duration.ofSeconds(20));
      rig.hub.line().say(HubFrame.newBuilder());
      rig.loop.run();
    }
    assertThat(rig.hub.lines).hasSize(1);
    assertThat(rig.states).containsExactly("connecting", "connected 3");
  }

  @Test
  void aHubThatDoesNotWelcomeIsLeft() {
    Rig rig = new Rig();
    rig.start();
    rig.loop.advance(Duration.ofSeconds(20));
    assertThat(rig.hub.lines.get(0).aborted).isTrue();
    assertThat(rig.states)
        .startsWith("connecting", "waiting: no Welcome from the hub within 20000 ms");
  }

  @Test
  void whatAnEndedConnectionStillSaysIsNotHeard() {
    Rig rig = Rig.open();
    FakeHub.Line old = rig.hub.line();
    rig.reconnect();
    rig.hub.line().welcome(0);
    rig.loop.run();
    old.end(4400, "token-revoked");
    old.ack(99);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.states.get(rig.states.size() - 1)).isEqualTo("connected 3");
    rig.send(1);
    assertThat(rig.hub.line().seqs()).containsExactly(1L);
  }

  @Test
  void refusedMeansAnHourAndThenAnotherAttempt() {
    Rig rig = Rig.open();
    rig.hub.line().end(4401, "device-disabled; by an operator");
    rig.loop.run();
    assertThat(rig.states).endsWith("refused: closed: 4401 device-disabled; by an operator");
    rig.loop.advance(Duration.ofMinutes(60));
    assertThat(rig.hub.lines).hasSize(1);
    rig.loop.advance(Duration.ofMinutes(12));
    assertThat(rig.hub.lines).hasSize(2);
    rig.hub.line().listener.ended(new Ending.Refused(401, null, ""));
    rig.loop.run();
    assertThat(rig.states).endsWith("refused: the hub refused the connection with HTTP status 401");
  }

  @Test
  void delaysGrowUntilASessionHasLasted() {
    Rig rig = Rig.open();
    for (int i = 0; i < 4; i++) {
      rig.hub.line().end(1006, "");
      rig.loop.advance(Duration.ofSeconds(1 << i));
      assertThat(rig.hub.lines).hasSize(2 + i);
      rig.hub.line().listener.opened();
      rig.loop.run();
      rig.hub.line().welcome(0);
      rig.loop.advance(Duration.ofMillis(500)); // too short to count
    }
    rig.hub.line().end(1006, "");
    rig.loop.advance(Duration.ofSeconds(15));
    assertThat(rig.hub.lines).hasSize(5);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.hub.lines).hasSize(6);
    rig.hub.line().listener.opened();
    rig.loop.run();
    rig.hub.line().welcome(0);
    for (int i = 0; i < 3; i++) {
      rig.loop.advance(Duration.ofSeconds(10));
      rig.hub.line().say(HubFrame.newBuilder());
    }
    rig.hub.line().end(1006, "");
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.hub.lines).hasSize(7);
  }

  @Test
  void aHubThatBreaksTheProtocolIsLeft() {
    assertLeft(rig -> rig.hub.line().listener.received(new byte[] {(byte) 0xff}), "no HubFrame");
    assertLeft(rig -> rig.hub.line().ack(1), "TELEMETRY_ACK before WELCOME");
    assertLeft(
        rig -> rig.hub.line().welcome(0, Limits.getDefaultInstance()),
        "without interval or limits");
    assertLeft(
        rig -> {
          rig.hub.line().welcome(0);
          rig.hub.line().welcome(0);
        },
        "a second WELCOME");
    assertLeft(
        rig -> {
          rig.hub.line().welcome(0);
          TelemetryAck.Builder ack = TelemetryAck.newBuilder().setStream(1).setSeq(1);
          rig.hub.line().say(HubFrame.newBuilder().setTelemetryAck(ack));
        },
        "not in Hello");
    assertLeft(
        rig -> {
          rig.hub.line().welcome(0);
          rig.hub.line().command(Rig.id(1).substring(1), "ping");
        },
        "not 16 bytes");
  }

  private static void assertLeft(Consumer<Rig> breach, String why) {
    Rig rig = new Rig();
    rig.start();
    FakeHub.Line line = rig.hub.line();
    breach.accept(rig);
    rig.loop.run();
    assertThat(line.closed).startsWith("1002").contains(why);
    assertThat(rig.states.get(rig.states.size() - 1)).startsWith("waiting").contains(why);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(line.aborted).isTrue();
  }

  @Test
  void stopSaysGoodbyeAndNeverConnectsAgain() {
    Rig rig = Rig.open();
    rig.supervisor.stop();
    rig.supervisor.stop();
    assertThat(rig.hub.line().closed).isEqualTo("1000 device closed");
    rig.hub.line().end(1000, "");
    rig.loop.advance(Duration.ofDays(1));
    assertThat(rig.states).containsExactly("connecting", "connected 3", "closed");
    assertThat(rig.hub.lines).hasSize(1);
  }

  @Test
  void stopDoesNotWaitForAHubThatIsGone() {
    Rig rig = Rig.open();
    rig.supervisor.stop();
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.hub.line().aborted).isTrue();
    assertThat(rig.states).endsWith("closed");
  }

  @Test
  void stopEndsTheWaitForTheNextAttempt() {
    Rig rig = Rig.open();
    rig.hub.line().end(1006, "");
    rig.loop.run();
    rig.supervisor.stop();
    rig.loop.advance(Duration.ofDays(1));
    assertThat(rig.hub.lines).hasSize(1);
    assertThat(rig.states).endsWith("closed");
  }

  @Test
  void stopEndsAnAttempt() {
    Rig rig = new Rig();
    rig.supervisor.start();
    rig.loop.run();
    rig.supervisor.stop();
    assertThat(rig.hub.line().aborted).isTrue();
    assertThat(rig.states).containsExactly("connecting", "closed");
  }

  private static List<Heartbeat> heartbeats(Rig rig) {
    return rig.hub.line().only(HEARTBEAT).stream().map(f -> f.getHeartbeat()).toList();
  }
}
