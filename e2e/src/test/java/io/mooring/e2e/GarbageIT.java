package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One client sends whatever must not be sent; the hub stays up and another device notices nothing.
 */
class GarbageIT {
  private static final int ROUNDS = 5;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void endsOnlyItsOwnSession() throws IOException {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    long pid = hub.process().pid();
    String token = hub.device("vandal");
    Sending victim = Sending.start(stage, hub, "victim", 100, 0).awaitConnected();
    for (int round = 0; round < ROUNDS; round++) {
      wrongMessages(hub.port(), token, random);
      brokenFrames(hub.port(), token, random);
      victim.awaitMore(10);
    }
    assertThat(hub.process().pid()).isEqualTo(pid);
    assertThat(hub.process().isAlive()).isTrue();
    assertThat(victim.process().count("state CONNECTED.*")).as("one session").isEqualTo(1);
    assertThat(hub.database().numbers("vandal")).isEmpty();
    await("only the victim is left")
        .untilAsserted(() -> assertThat(hub.api().metric("mooring_sessions")).isEqualTo(1));
    victim.stopAndCheck();
  }

  private static void wrongMessages(int port, String token, Random random) throws IOException {
    byte[] hello = hello().toByteArray();
    assertThat(fresh(port, token, RawSocket.BINARY, bytes(random, 200))).isEqualTo(4207);
    assertThat(fresh(port, token, RawSocket.BINARY, Arrays.copyOf(hello, hello.length - 1)))
        .isEqualTo(4207);
    assertThat(fresh(port, token, RawSocket.BINARY, new byte[0])).isEqualTo(4207);
    assertThat(fresh(port, token, RawSocket.TEXT, new byte[] {'h', 'i'})).isEqualTo(4210);
    assertThat(fresh(port, token, RawSocket.BINARY, new byte[70_000])).isEqualTo(4209);
    assertThat(fresh(port, token, RawSocket.BINARY, heartbeat().toByteArray())).isEqualTo(4208);
    assertThat(inSession(port, token, hello())).as("second Hello").isEqualTo(4208);
    assertThat(inSession(port, token, batch())).as("no such layout").isEqualTo(4208);
  }

  /** What is no WebSocket at all ends in some way; which is Jetty's choice. */
  private static void brokenFrames(int port, String token, Random random) throws IOException {
    byte[][] floods = {
      bytes(random, 1000),
      {(byte) 0x82, 5, 1, 2, 3, 4, 5}, // not masked
      {(byte) 0xf2, (byte) 0x80, 0, 0, 0, 0}, // reserved bits
      {(byte) 0x8f, (byte) 0x80, 0, 0, 0, 0}, // no such opcode
      {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0}, // continues nothing
    };
    for (byte[] flood : floods) {
      try (RawSocket socket = RawSocket.open(port, token)) {
        socket.write(flood);
        socket.send(RawSocket.BINARY, bytes(random, 10));
        assertThat(socket.closeCode()).isIn(1002, 1005, 1006, 1007, 4207, 4208, 4209, 4210);
      }
    }
    try (RawSocket half = RawSocket.open(port, token)) {
      half.write(new byte[] {(byte) 0x82, (byte) 0xfe, 0x10});
    }
    try (Socket http = new Socket(InetAddress.getLoopbackAddress(), port)) {
      http.getOutputStream().write(bytes(random, 500));
    }
  }

  private static int fresh(int port, String token, int opcode, byte[] message) throws IOException {
    try (RawSocket socket = RawSocket.open(port, token)) {
      socket.send(opcode, message);
      return socket.closeCode();
    }
  }

  private static int inSession(int port, String token, MessageLite message) throws IOException {
    try (RawSocket socket = RawSocket.open(port, token)) {
      socket.send(RawSocket.BINARY, hello().toByteArray());
      socket.receive();
      socket.send(RawSocket.BINARY, message.toByteArray());
      return socket.closeCode();
    }
  }

  /** Never begins like a frame of the protocol. */
  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    bytes[0] = (byte) 0xff;
    return bytes;
  }

  private static DeviceFrame hello() {
    return DeviceFrame.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setAgent("vandal/1")
                .addStreams(Stream.newBuilder().setId(17).setFirstSeq(1).setNextSeq(1)))
        .build();
  }

  private static DeviceFrame heartbeat() {
    return DeviceFrame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setTimeUs(1)).build();
  }

  private static DeviceFrame batch() {
    return DeviceFrame.newBuilder()
        .setTelemetry(Telemetry.newBuilder().setSeq(1).setLayout(3).setTimeUs(1).addNumbers(1))
        .build();
  }
}
