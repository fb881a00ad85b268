package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** P-12: 65536 bytes before Welcome, whatever the hub's own limit is; that one after it. */
class FrameLimitTest {
  /** Field 99, a varint: 0. */
  private static final byte[] UNKNOWN = {(byte) 0x98, 0x06, 0};

  @Test
  void aSmallLimitCountsFromWelcomeOn() {
    try (Neighbours neighbours = new Neighbours(frames(4 * 1024));
        RawDevice device = neighbours.hub.connect(Neighbours.BAD)) {
      device.sendRaw(hello(65_536));
      device.next(HubFrame.BodyCase.WELCOME);
      device.sendRaw(heartbeat(4_096));
      device.next(HubFrame.BodyCase.HEARTBEAT_REPLY);

      device.sendRaw(heartbeat(4_097));
      assertThat(device.awaitClose().code()).isEqualTo(4209);
    }
  }

  @Test
  void aLargeLimitCountsFromWelcomeOn() {
    try (Neighbours neighbours = new Neighbours(frames(128 * 1024))) {
      try (RawDevice device = neighbours.hub.connect(Neighbours.BAD)) {
        device.sendRaw(hello(65_537));
        assertThat(device.awaitClose().code()).isEqualTo(4209);
      }
      try (RawDevice device = neighbours.hub.connect(Neighbours.BAD)) {
        device.sendRaw(hello(100));
        device.next(HubFrame.BodyCase.WELCOME);
        device.sendRaw(heartbeat(128 * 1024));
        device.next(HubFrame.BodyCase.HEARTBEAT_REPLY);
      }
    }
  }

  private static byte[] hello(int bytes) {
    Hello hello = Hello.newBuilder().setAgent("x").build();
    return padded(DeviceFrame.newBuilder().setHello(hello).build(), bytes);
  }

  private static byte[] heartbeat(int bytes) {
    Heartbeat heartbeat = Heartbeat.newBuilder().setTimeUs(1).build();
    return padded(DeviceFrame.newBuilder().setHeartbeat(heartbeat).build(), bytes);
  }

  /** The frame behind unknown fields (P-14) that make it exactly this long. */
  private static byte[] padded(DeviceFrame frame, int bytes) {
    ByteBuffer padded = ByteBuffer.allocate(bytes);
    while (padded.remaining() > frame.getSerializedSize() + 5) {
      padded.put(UNKNOWN);
    }
    // A varint of as many bytes as are left.
    padded.put(UNKNOWN, 0, 2);
    while (padded.remaining() > frame.getSerializedSize() + 1) {
      padded.put((byte) 0x80);
    }
    return padded.put((byte) 0).put(frame.toByteArray()).array();
  }

  private static Limits frames(int bytes) {
    Limits d = Limits.DEFAULTS;
    return new Limits(
        bytes,
        d.batchReadings(),
        d.batchValues(),
        d.unacknowledgedBatches(),
        d.layouts(),
        d.sendQueueBytes(),
        d.connections(),
        d.writerQueueBytes(),
        d.writerBatch(),
        1024,
        d.commandsOpen(),
        d.commandWindow(),
        d.commandAttempts(),
        d.requestBytes(),
        d.eventStreams(),
        d.eventBacklog(),
        d.rangeReads(),
        d.deviceLayouts(),
        d.commandAnswerSeconds(),
        d.bulkCommands(),
        d.bulkBytes(),
        d.jobDevices(),
        d.jobsRunning(),
        d.jobInFlight(),
        d.jobBytes(),
        d.passwordCharacters(),
        d.signInFailures(),
        d.addressSignInFailures(),
        d.signInWindowSeconds(),
        d.exports(),
        d.deviceTokens(),
        d.sockets());
  }
}
