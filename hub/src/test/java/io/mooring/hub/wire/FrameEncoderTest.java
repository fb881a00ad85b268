package io.mooring.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.TelemetryAck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the hub says is what PROTOCOL.md shows, byte by byte. */
class FrameEncoderTest {
  private static final UUID COMMAND = UUID.fromString("019aab0f-3c00-7a11-8f00-5de1f00dcafe");
  private static final long NOON_US = us("2026-11-22T12:00:00Z");

  @Test
  void writesTheGoldenFrames() {
    var limits = new FrameEncoder.SessionLimits(65_536, 1_000, 8_000, 64, 64, 32_768, 0);
    assertThat(FrameEncoder.welcome(7, NOON_US, 30_000, List.of(0L), 0, limits))
        .isEqualTo(GoldenFrames.bytes("welcome"));
    assertThat(FrameEncoder.telemetryAck(0, 1)).isEqualTo(GoldenFrames.bytes("telemetry-ack"));
    assertThat(FrameEncoder.heartbeatReply(NOON_US + 30_270_000, NOON_US + 30_040_000))
        .isEqualTo(GoldenFrames.bytes("heartbeat-reply"));
    assertThat(FrameEncoder.commandResultAck(COMMAND))
        .isEqualTo(GoldenFrames.bytes("command-result-ack"));
    byte[] payload = "{\"seconds\":5}".getBytes(StandardCharsets.UTF_8);
    long expires = us("2026-11-22T13:00:00Z");
    assertThat(
            FrameEncoder.command(COMMAND, "set-interval", "application/json", payload, 1, expires))
        .isEqualTo(GoldenFrames.bytes("command"));
  }

  @Test
  void aCloseReasonFitsItsFrameAndIsNeverCutWithinACharacter() {
    String reason = CloseReason.MALFORMED.reason(Duration.ofMillis(2_350), "ä€😀".repeat(40));
    assertThat(reason.getBytes(StandardCharsets.UTF_8).length).isBetween(120, 123);
    assertThat(reason).startsWith("malformed; retry-ms=2350; ä€😀").doesNotContain("?");
    assertThat(CloseReason.REPLACED.reason(Duration.ZERO, "")).isEqualTo("replaced");
  }

  private static long us(String time) {
    return Instant.parse(time).getEpochSecond() * 1_000_000;
  }

  @Test
  void acknowledgementsOfEverySize() {
    for (int bit = 0; bit < 64; bit++) {
      for (int stream : new int[] {0, 1, 3, 127, 128, Integer.MAX_VALUE}) {
        long seq = 1L << bit;
        assertThat(FrameEncoder.telemetryAck(stream, seq))
            .isEqualTo(
                HubFrame.newBuilder()
                    .setTelemetryAck(TelemetryAck.newBuilder().setSeq(seq).setStream(stream))
                    .build()
                    .toByteArray());
      }
    }
  }
}
