package io.mooring.device.internal.session;

import static io.mooring.protocol.v1.DeviceFrame.BodyCase.HEARTBEAT;
import static io.mooring.protocol.v1.DeviceFrame.BodyCase.HELLO;
import static io.mooring.protocol.v1.DeviceFrame.BodyCase.LAYOUT;
import static io.mooring.protocol.v1.DeviceFrame.BodyCase.TELEMETRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.telemetry.Row;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TelemetryFlowTest {
  @Test
  void saysNothingButHelloBeforeWelcome() {
    Rig rig = new Rig();
    rig.send(1);
    rig.start();
    rig.send(2);
    rig.loop.advance(Duration.ofSeconds(15));

    assertThat(rig.hub.line().kinds()).containsExactly(HELLO);
    Hello hello = rig.hub.line().frames.get(0).getHello();
    assertThat(hello.getAgent()).isEqualTo("mooring-java/test");
    Stream stream = hello.getStreams(0);
    assertThat(hello.getStreamsCount()).isEqualTo(1);
    assertThat(stream.getId()).isEqualTo(77);
    assertThat(stream.getFirstSeq()).isEqualTo(1);
    assertThat(stream.getNextSeq()).isEqualTo(2);
    assertThat(stream.getOldestTimeUs()).isPositive();
  }

  @Test
  void declaresALayoutOnceBeforeItsFirstBatch() {
    Rig rig = Rig.open();
    rig.send(1);
    rig.send(2);
    assertThat(rig.hub.line().kinds())
        .containsExactly(HELLO, HEARTBEAT, LAYOUT, TELEMETRY, TELEMETRY);
    assertThat(rig.hub.line().seqs()).containsExactly(1L, 2L);
  }

  @Test
  void resendsWhatIsNotStoredInOrderAndDeclaresItsLayoutAgain() {
    Rig rig = Rig.open();
    for (int i = 1; i <= 5; i++) {
      rig.send(i);
    }
    List<Telemetry> first = batches(rig);
    rig.reconnect();
    Stream stream = rig.hub.line().frames.get(0).getHello().getStreams(0);
    assertThat(stream.getFirstSeq()).isEqualTo(1);
    assertThat(stream.getNextSeq()).isEqualTo(6);
    rig.hub.line().welcome(2);
    rig.loop.run();
    rig.send(6);

    assertThat(rig.hub.line().kinds())
        .containsExactly(HELLO, HEARTBEAT, LAYOUT, TELEMETRY, TELEMETRY, TELEMETRY, TELEMETRY);
    assertThat(rig.hub.line().seqs()).containsExactly(3L, 4L, 5L, 6L);
    assertThat(batches(rig).subList(0, 3)).isEqualTo(first.subList(2, 5));
  }

  @Test
  void anAckForgetsEverythingUpToIt() {
    Rig rig = Rig.open();
    rig.send(1);
    rig.send(2);
    rig.send(3);
    rig.hub.line().ack(2);
    rig.loop.run();
    assertThat(rig.telemetry.counts().stored()).isEqualTo(2);
    assertThat(rig.telemetry.counts().waiting()).isEqualTo(1);
    rig.reconnect();
    rig.hub.line().welcome(0);
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(3L);
  }

  @Test
  void aHubThatKnowsMoreThanWasSentIsNotGivenThoseNumbersAgain() {
    Rig rig = new Rig();
    rig.send(1);
    rig.start();
    rig.hub.line().welcome(40);
    rig.loop.run();
    rig.send(2);
    assertThat(rig.hub.line().seqs()).containsExactly(41L);
  }

  @Test
  void keepsToTheWindow() {
    Rig rig = new Rig();
    for (int i = 0; i < 5; i++) {
      rig.send(i);
    }
    rig.start();
    rig.hub.line().welcome(0, FakeHub.LIMITS.toBuilder().setUnacknowledgedBatches(2).build());
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(1L, 2L);
    rig.hub.line().ack(1);
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(1L, 2L, 3L);
    rig.hub.line().ack(3);
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void whatTheHubDoesNotAcceptIsDroppedCountedAndTold() {
    Rig rig = new Rig();
    for (int i = 0; i < 10; i++) {
      rig.telemetry.add(row(rig, "v"), null);
    }
    rig.telemetry.sealAll();
    rig.send(1);
    Limits strict = FakeHub.LIMITS.toBuilder().setBatchReadings(4).build();
    rig.start();
    rig.hub.line().welcome(0, strict);
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(2L);
    assertThat(rig.telemetry.counts().dropped()).isEqualTo(10);
    for (int i = 0; i < 10; i++) {
      rig.telemetry.add(row(rig, "v"), null);
    }
    rig.loop.advance(Duration.ofMillis(100));
    rig.supervisor.pump();
    assertThat(batches(rig)).extracting(Telemetry::getNumbersCount).containsExactly(1, 4, 4, 2);
    rig.reconnect();
    assertThat(rig.hub.line().frames.get(0).getHello().getStreams(0).getDroppedReadings())
        .isEqualTo(10);
  }

  @Test
  void readingsLingerOnlyWhileTheyCanBeSent() {
    Rig rig = Rig.open();
    rig.telemetry.add(row(rig, "v"), null);
    rig.loop.advance(Duration.ofMillis(99));
    rig.supervisor.pump();
    assertThat(rig.hub.line().seqs()).isEmpty();
    rig.loop.advance(Duration.ofMillis(1));
    rig.supervisor.pump();
    assertThat(rig.hub.line().seqs()).containsExactly(1L);

    rig.hub.line().end(1006, "");
    rig.loop.run();
    for (int i = 0; i < 3; i++) {
      rig.telemetry.add(row(rig, "v"), null);
      rig.loop.advance(Duration.ofMillis(200));
    }
    rig.loop.advance(Duration.ofSeconds(1));
    rig.hub.line().listener.opened();
    rig.loop.run();
    rig.hub.line().welcome(1);
    rig.loop.run();
    assertThat(batches(rig)).extracting(Telemetry::getNumbersCount).containsExactly(3);
  }

  @Test
  void usedUpLayoutsBeginANewSessionWithoutLoss() {
    Rig rig = Rig.open();
    rig.reconnect();
    rig.hub.line().welcome(0, FakeHub.LIMITS.toBuilder().setLayouts(1).build());
    rig.loop.run();
    rig.telemetry.add(row(rig, "a"), null);
    rig.telemetry.add(row(rig, "b"), null);
    rig.telemetry.sealAll();
    rig.supervisor.pump();
    assertThat(rig.hub.line().seqs()).containsExactly(1L);
    assertThat(rig.hub.line().closed).startsWith("1000 all 1 layouts");
    rig.loop.advance(Duration.ofSeconds(5));
    rig.hub.line().listener.opened();
    rig.loop.run();
    rig.hub.line().welcome(1);
    rig.loop.run();
    assertThat(rig.hub.line().seqs()).containsExactly(2L);
  }

  private static List<Telemetry> batches(Rig rig) {
    return rig.hub.line().only(TELEMETRY).stream().map(f -> f.getTelemetry()).toList();
  }

  private static Row row(Rig rig, String metric) {
    Row row = new Row(rig.loop.timeMicros());
    row.add(metric, ValueType.VALUE_TYPE_NUMBER, 0, null, 8);
    return row;
  }
}
