package io.mooring.device;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.CommandResultAck;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.HeartbeatReply;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.TelemetryAck;
import io.mooring.protocol.v1.Welcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.WebSocketServer;

/** A hub that welcomes every device and stores nothing, over a real socket. */
final class HubServer extends WebSocketServer implements AutoCloseable {
  final BlockingQueue<WebSocket> devices = new LinkedBlockingQueue<>();
  final BlockingQueue<DeviceFrame> frames = new LinkedBlockingQueue<>();
  private final CountDownLatch started = new CountDownLatch(1);

  /** By the ids of streams. */
  private final Map<Long, Long> stored = new ConcurrentHashMap<>();

  private HubServer() {
    super(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        1,
        List.of(new Draft_6455(List.of(), List.of(new Protocol("mooring.device.v1")))));
    setDaemon(true);
  }

  static HubServer started() throws InterruptedException {
    HubServer server = new HubServer();
    server.start();
    server.started.await();
    return server;
  }

  URI address() {
    return URI.create("ws://127.0.0.1:" + getPort());
  }

  static void say(WebSocket device, HubFrame.Builder frame) {
    device.send(frame.build().toByteArray());
  }

  @Override
  public void onMessage(WebSocket device, ByteBuffer message) {
    DeviceFrame frame;
    try {
      frame = DeviceFrame.parseFrom(ByteString.copyFrom(message));
    } catch (InvalidProtocolBufferException e) {
      device.close(4207, "malformed");
      return;
    }
    switch (frame.getBodyCase()) {
      case HELLO -> {
        List<Long> streams = new ArrayList<>();
        frame.getHello().getStreamsList().forEach(stream -> streams.add(stream.getId()));
        device.setAttachment(streams);
        say(device, HubFrame.newBuilder().setWelcome(welcome(streams)));
        devices.add(device);
      }
      case TELEMETRY -> {
        int stream = frame.getTelemetry().getStream();
        long seq = frame.getTelemetry().getSeq();
        List<Long> streams = device.getAttachment();
        stored.put(streams.get(stream), seq);
        say(
            device,
            HubFrame.newBuilder()
                .setTelemetryAck(TelemetryAck.newBuilder().setStream(stream).setSeq(seq)));
      }
      case HEARTBEAT ->
          say(
              device,
              HubFrame.newBuilder()
                  .setHeartbeatReply(
                      HeartbeatReply.newBuilder()
                          .setDeviceTimeUs(frame.getHeartbeat().getTimeUs())
                          .setHubTimeUs(1)));
      case COMMAND_RESULT ->
          say(
              device,
              HubFrame.newBuilder()
                  .setCommandResultAck(
                      CommandResultAck.newBuilder().setId(frame.getCommandResult().getId())));
      case LAYOUT, COMMAND_RECEIVED, COMMAND_PROGRESS, NEXT_TOKEN_STORED, BODY_NOT_SET -> {}
    }
    frames.add(frame);
  }

  private Welcome.Builder welcome(List<Long> streams) {
    return Welcome.newBuilder()
        .setEpoch(1)
        .setHubTimeUs(1)
        .setHeartbeatIntervalMs(20_000)
        .addAllStoredSeqs(streams.stream().map(id -> stored.getOrDefault(id, 0L)).toList())
        .setLimits(
            Limits.newBuilder()
                .setFrameBytes(65_536)
                .setBatchReadings(1_000)
                .setBatchValues(8_000)
                .setUnacknowledgedBatches(64)
                .setLayouts(64));
  }

  @Override
  public void onOpen(WebSocket device, ClientHandshake handshake) {}

  @Override
  public void onMessage(WebSocket device, String message) {}

  @Override
  public void onClose(WebSocket device, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket device, Exception e) {}

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void close() throws IOException {
    try {
      stop(1_000);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
