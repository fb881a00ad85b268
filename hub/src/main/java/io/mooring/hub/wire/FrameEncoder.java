package io.mooring.hub.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResultAck;
import io.mooring.protocol.v1.HeartbeatReply;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.NextToken;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** What the hub says, as frames. */
public final class FrameEncoder {
  private static final int LENGTH_DELIMITED = 2;

  private FrameEncoder() {}

  /** The bounds a session is told of; all in the units of device.proto. */
  public record SessionLimits(
      int frameBytes,
      int batchReadings,
      int batchValues,
      int unacknowledgedBatches,
      int layouts,
      int commandPayloadBytes,
      int commandProgressIntervalMs) {}

  public static byte[] welcome(
      long epoch,
      long hubTimeUs,
      int heartbeatIntervalMs,
      List<Long> storedSeqs,
      int reconnectSlotMs,
      SessionLimits limits) {
    return HubFrame.newBuilder()
        .setWelcome(
            Welcome.newBuilder()
                .setEpoch(epoch)
                .setHubTimeUs(hubTimeUs)
                .setHeartbeatIntervalMs(heartbeatIntervalMs)
                .addAllStoredSeqs(storedSeqs)
                .setReconnectSlotMs(reconnectSlotMs)
                .setLimits(
                    Limits.newBuilder()
                        .setFrameBytes(limits.frameBytes())
                        .setBatchReadings(limits.batchReadings())
                        .setBatchValues(limits.batchValues())
                        .setUnacknowledgedBatches(limits.unacknowledgedBatches())
                        .setLayouts(limits.layouts())
                        .setCommandPayloadBytes(limits.commandPayloadBytes())
                        .setCommandProgressIntervalMs(limits.commandProgressIntervalMs())))
        .build()
        .toByteArray();
  }

  /**
   * Written by hand, as one goes out for nearly every frame that comes in: HubFrame's field, its
   * length, then seq and, unless it is 0, stream. No number is longer than 10 bytes.
   */
  public static byte[] telemetryAck(int stream, long seq) {
    byte[] frame = new byte[2 + 1 + 10 + 1 + 5];
    frame[0] = (HubFrame.TELEMETRY_ACK_FIELD_NUMBER << 3) | LENGTH_DELIMITED;
    int at = 2;
    frame[at++] = TelemetryAck.SEQ_FIELD_NUMBER << 3;
    at = varint(frame, at, seq);
    if (stream != 0) {
      frame[at++] = TelemetryAck.STREAM_FIELD_NUMBER << 3;
      at = varint(frame, at, stream);
    }
    frame[1] = (byte) (at - 2);
    return Arrays.copyOf(frame, at);
  }

  private static int varint(byte[] to, int from, long value) {
    int at = from;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
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

  /** The token whole, with its secret. */
  public static byte[] nextToken(String token) {
    return HubFrame.newBuilder()
        .setNextToken(NextToken.newBuilder().setToken(token))
        .build()
        .toByteArray();
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
