package io.mooring.device.internal.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.transport.Ending;
import io.mooring.device.internal.transport.Transport;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResultAck;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.HeartbeatReply;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.util.ArrayList;
import java.util.List;

/** The other end of the line: keeps every connection the device makes, says what the test says. */
final class FakeHub implements Transport {
  static final Limits LIMITS =
      Limits.newBuilder()
          .setFrameBytes(64 * 1024)
          .setBatchReadings(1_000)
          .setBatchValues(8_000)
          .setUnacknowledgedBatches(64)
          .setLayouts(64)
          .build();

  final List<Line> lines = new ArrayList<>();

  @Override
  public Link connect(Listener listener) {
    Line line = new Line(listener);
    lines.add(line);
    return line;
  }

  Line line() {
    return lines.get(lines.size() - 1);
  }

  static final class Line implements Link {
    final Listener listener;
    final List<DeviceFrame> frames = new ArrayList<>();
    String closed = "";
    boolean aborted;
    int slotMs;

    Line(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void send(byte[] message) {
      try {
        frames.add(DeviceFrame.parseFrom(message));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close(int code, String reason) {
      closed = code + " " + reason;
    }

    @Override
    public void abort() {
      aborted = true;
    }

    void say(HubFrame.Builder frame) {
      listener.received(frame.build().toByteArray());
    }

    void welcome(long stored) {
      welcome(stored, LIMITS);
    }

    void welcome(long stored, Limits limits) {
      Welcome.Builder welcome =
          Welcome.newBuilder()
              .setEpoch(3)
              .setHubTimeUs(9_000_000)
              .setHeartbeatIntervalMs(10_000)
              .addStoredSeqs(stored)
              .setLimits(limits);
      say(HubFrame.newBuilder().setWelcome(welcome.setReconnectSlotMs(slotMs)));
    }

    void ack(long seq) {
      say(HubFrame.newBuilder().setTelemetryAck(TelemetryAck.newBuilder().setSeq(seq)));
    }

    void reply(long deviceTimeUs, long hubTimeUs) {
      say(
          HubFrame.newBuilder()
              .setHeartbeatReply(
                  HeartbeatReply.newBuilder()
                      .setDeviceTimeUs(deviceTimeUs)
                      .setHubTimeUs(hubTimeUs)));
    }

    void command(ByteString id, String name) {
      say(HubFrame.newBuilder().setCommand(Command.newBuilder().setId(id).setName(name)));
    }

    void resultAck(ByteString id) {
      say(HubFrame.newBuilder().setCommandResultAck(CommandResultAck.newBuilder().setId(id)));
    }

    void end(int code, String reason) {
      listener.ended(new Ending.Closed(code, reason));
    }

    List<DeviceFrame> only(DeviceFrame.BodyCase kind) {
      return frames.stream().filter(f -> f.getBodyCase() == kind).toList();
    }

    List<Long> seqs() {
      return only(DeviceFrame.BodyCase.TELEMETRY).stream()
          .map(f -> f.getTelemetry().getSeq())
          .toList();
    }

    List<DeviceFrame.BodyCase> kinds() {
      return frames.stream().map(DeviceFrame::getBodyCase).toList();
    }
  }
}
