package io.mooring.hub.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResultAck;
import io.mooring.protocol.v1.HeartbeatReply;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** What the hub says, as frames. */
public final class FrameEncoder {
  private FrameEncoder() {}

  /** The bounds a session is told of; all in the units of device.proto. */
  public record SessionLimits(
      int frameBytes,
      int batchReadings,
      int batchValues,
      int unacknowledgedBatches,
      int layouts,
      int commandPayloadBytes) {}

  public static byte[] welcome(
      long epoch,
      long hubTimeUs,
      int heartbeatIntervalMs,
      List<Long> storedSeqs,
      SessionLimits limits) {
    return HubFrame.newBuilder()
        .setWelcome(
            Welcome.newBuilder()
                .setEpoch(epoch)
                .setHubTimeUs(hubTimeUs)
                .setHeartbeatIntervalMs(heartbeatIntervalMs)
                .addAllStoredSeqs(storedSeqs)
                .setLimits(
                    Limits.newBuilder()
                        .setFrameBytes(limits.frameBytes())
                        .setBatchReadings(limits.batchReadings())
                        .setBatchValues(limits.batchValues())
                        .setUnacknowledgedBatches(limits.unacknowledgedBatches())
                        .setLayouts(limits.layouts())
                        .setCommandPayloadBytes(limits.commandPayloadBytes())))
        .build()
        .toByteArray();
  }

  public static byte[] telemetryAck(int stream, long seq) {
    return HubFrame.newBuilder()
        .setTelemetryAck(TelemetryAck.newBuilder().setStream(stream).setSeq(seq))
        .build()
        .toByteArray();
  }

  /** {@code deviceTimeUs} 0: not an answer, only a sign of life. */
  public static byte[] heartbeatReply(long deviceTimeUs, long hubTimeUs) {
    return HubFrame.newBuilder()
        .setHeartbeatReply(
            HeartbeatReply.newBuilder().setDeviceTimeUs(deviceTimeUs).setHubTimeUs(hubTimeUs))
        .build()
        .toByteArray();
  }

  public static byte[] command(
      UUID id, String name, String contentType, byte[] payload, int attempt, long expiresAtUs) {
    Command.Builder command =
        Command.newBuilder()
            .setId(bytes(id))
            .setName(name)
            .setPayload(UnsafeByteOperations.unsafeWrap(payload))
            .setAttempt(attempt)
            .setExpiresAtUs(expiresAtUs);
    if (!contentType.equals("application/json")) {
      command.setContentType(contentType);
    }
    return HubFrame.newBuilder().setCommand(command).build().toByteArray();
  }

  public static byte[] commandResultAck(UUID id) {
    return HubFrame.newBuilder()
        .setCommandResultAck(CommandResultAck.newBuilder().setId(bytes(id)))
        .build()
        .toByteArray();
  }

  private static ByteString bytes(UUID id) {
    ByteBuffer b = ByteBuffer.allocate(16);
    b.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(b);
  }
}
