package io.mooring.device.internal.session;

import static io.mooring.protocol.v1.DeviceFrame.BodyCase.TELEMETRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.telemetry.Row;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.ValueType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Batches for which the hub ends the session. */
class PoisonFlowTest {
  private static final int MALFORMED = 4207;

  private final Rig rig = Rig.open();
  private final Set<Long> stored = new HashSet<>();
  private int ends;

  @Test
  void isSetAsideSoThatTheOthersArrive() {
    for (int i = 1; i <= 100; i++) {
      rig.send(i);
    }
    hubTakesAllBut(Set.of(40L, 77L));
    assertThat(stored).hasSize(98).doesNotContain(40L, 77L);
    assertThat(ends).as("a few sessions for each").isBetween(4, 6);
    assertThat(rig.telemetry.counts().dropped()).isEqualTo(2);
    assertThat(rig.telemetry.counts().waiting()).isZero();
    for (int i = 1; i <= 3; i++) {
      rig.send(i);
    }
    assertThat(newBatches()).as("the window is open again").hasSize(3);
  }

  @Test
  void isNotMistakenForAnotherThatWasUnderWay() {
    for (int i = 1; i <= 10; i++) {
      rig.send(i);
      endAndReconnect(i); // a fault that is none of telemetry's
    }
    assertThat(rig.telemetry.counts().dropped()).isZero();
    assertThat(rig.telemetry.counts().waiting()).isZero();
  }

  @Test
  void aBatchSpansAnHourAtTheMost() {
    CompletableFuture<Void> confirmed = new CompletableFuture<>();
    for (long minute : new long[] {0, 59, -1, 60, 61, 119, 500}) {
      Row row = new Row(1_700_000_000_000_000L + minute * 60_000_000);
      row.add("v", ValueType.VALUE_TYPE_INTEGER, minute, null, 10);
      rig.telemetry.add(row, confirmed);
    }
    rig.telemetry.sealAll();
    rig.supervisor.pump();
    assertThat(newBatches().stream().map(f -> f.getTelemetry().getIntegersList()))
        .containsExactly(List.of(0L, 59L, -1L), List.of(60L, 61L, 119L), List.of(500L));
  }

  private void endAndReconnect(long hubHas) {
    rig.hub.line().end(MALFORMED, "malformed");
    int lines = rig.hub.lines.size();
    while (rig.hub.lines.size() == lines) {
      rig.loop.advance(Duration.ofSeconds(1));
    }
    rig.hub.line().listener.opened();
    rig.loop.run();
    rig.hub.line().welcome(hubHas);
    rig.loop.run();
  }

  private List<DeviceFrame> newBatches() {
    return rig.hub.line().only(TELEMETRY).stream()
        .filter(frame -> !stored.contains(frame.getTelemetry().getSeq()))
        .toList();
  }

  /** Reads what the device sends, as a hub does: one frame after the other. */
  private void hubTakesAllBut(Set<Long> poison) {
    List<DeviceFrame> batches = newBatches();
    while (!batches.isEmpty() && ends < 20) {
      long seq = batches.get(0).getTelemetry().getSeq();
      if (poison.contains(seq)) {
        ends++;
        endAndReconnect(seq - 1);
      } else {
        stored.add(seq);
        rig.hub.line().ack(seq);
      }
      rig.loop.run();
      batches = newBatches();
    }
  }
}
