package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.wire.Inbound;
import org.junit.jupiter.api.Test;

/** The numbers of PROTOCOL.md, section 9, and what P-46 says to ignore. */
class LineTest {
  private static final long NOON = 1_795_348_800_000_000L;

  private final Line line = new Line(() -> 0);

  @Test
  void measuresAsTheDocumentDoes() {
    line.welcomed(NOON);
    line.measured(new Inbound.Heartbeat(NOON + 30_270_000, NOON, 30_000_000), NOON + 30_040_000);
    assertThat(line.roundTripUs()).isEqualTo(40_000);
    assertThat(line.clockOffsetUs()).isEqualTo(250_000);
  }

  @Test
  void ignoresWhatCannotBe() {
    line.welcomed(NOON);
    long now = NOON + 1_000;
    line.measured(new Inbound.Heartbeat(NOON, 0, 0), now);
    line.measured(new Inbound.Heartbeat(NOON, NOON - 1, 0), now);
    line.measured(new Inbound.Heartbeat(NOON, now + 1, 0), now);
    line.measured(new Inbound.Heartbeat(NOON, NOON, 2_000), now);
    line.measured(new Inbound.Heartbeat(NOON, NOON, -1), now);
    line.measured(new Inbound.Heartbeat(Long.MIN_VALUE, NOON, 0), now);
    assertThat(line.roundTripUs()).isNull();
    assertThat(line.clockOffsetUs()).isNull();
  }
}
