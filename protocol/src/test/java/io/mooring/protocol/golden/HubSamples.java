package io.mooring.protocol.golden;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResultAck;
import io.mooring.protocol.v1.HeartbeatReply;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.NextToken;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What the golden frames of a hub must say, built by hand. */
final class HubSamples {
  /** The hub's clock when it sends Welcome. */
  static final long HUB_TIME_US =
      TimeUnit.SECONDS.toMicros(Instant.parse("2026-11-22T12:00:00Z").getEpochSecond());

  static final ByteString COMMAND_ID =
      ByteString.copyFrom(HexFormat.of().parseHex("019aab0f3c007a118f005de1f00dcafe"));

  static final Map<String, HubFrame> BY_NAME =
      Map.ofEntries(
          Map.entry("welcome", welcome(7, 0L)),
          Map.entry("welcome-with-slot", welcomeWithSlot()),
          Map.entry("welcome-resuming", welcome(8, 41L, 0L)),
          Map.entry("telemetry-ack", ack(0, 1)),
          Map.entry("telemetry-ack-second-stream", ack(1, 300)),
          Map.entry("heartbeat-reply", heartbeatReply()),
          Map.entry("command", command()),
          Map.entry("command-result-ack", resultAck()),
          Map.entry("next-token", nextToken()));

  /** That of PROTOCOL.md. */
  private static final String EXAMPLE_TOKEN =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  private HubSamples() {}

  static HubFrame named(String name) {
    return Objects.requireNonNull(BY_NAME.get(name), name);
  }

  private static HubFrame welcome(long epoch, Long... storedSeqs) {
    Limits.Builder limits =
        Limits.newBuilder()
            .setFrameBytes(65_536)
            .setBatchReadings(1_000)
            .setBatchValues(8_000)
            .setUnacknowledgedBatches(64)
            .setLayouts(64)
            .setCommandPayloadBytes(32_768);
    Welcome.Builder welcome =
        Welcome.newBuilder()
            .setEpoch(epoch)
            .setHubTimeUs(HUB_TIME_US)
            .setHeartbeatIntervalMs(30_000)
            .addAllStoredSeqs(List.of(storedSeqs))
            .setLimits(limits);
    return HubFrame.newBuilder().setWelcome(welcome).build();
  }

  private static HubFrame welcomeWithSlot() {
    HubFrame frame = welcome(7, 0L);
    return frame.toBuilder()
        .setWelcome(frame.getWelcome().toBuilder().setReconnectSlotMs(12_345))
        .build();
  }

  private static HubFrame ack(int stream, long seq) {
    TelemetryAck.Builder ack = TelemetryAck.newBuilder().setSeq(seq).setStream(stream);
    return HubFrame.newBuilder().setTelemetryAck(ack).build();
  }

  private static HubFrame heartbeatReply() {
    HeartbeatReply.Builder reply =
        HeartbeatReply.newBuilder()
            .setDeviceTimeUs(HUB_TIME_US + 30_270_000)
            .setHubTimeUs(HUB_TIME_US + 30_040_000);
    return HubFrame.newBuilder().setHeartbeatReply(reply).build();
  }

  private static HubFrame command() {
    Command.Builder command =
        Command.newBuilder()
            .setId(COMMAND_ID)
            .setName("set-interval")
            .setPayload(ByteString.copyFromUtf8("{\"seconds\":5}"))
            .setAttempt(1)
            .setExpiresAtUs(HUB_TIME_US + 3_600_000_000L);
    return HubFrame.newBuilder().setCommand(command).build();
  }

  private static HubFrame nextToken() {
    NextToken.Builder next = NextToken.newBuilder().setToken(EXAMPLE_TOKEN);
    return HubFrame.newBuilder().setNextToken(next).build();
  }

  private static HubFrame resultAck() {
    CommandResultAck.Builder ack = CommandResultAck.newBuilder().setId(COMMAND_ID);
    return HubFrame.newBuilder().setCommandResultAck(ack).build();
  }
}
