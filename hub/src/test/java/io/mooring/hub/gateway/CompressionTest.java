package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.HubFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P-07: permessage-deflate, where the operator allows it. */
class CompressionTest {
  private static final byte BINARY = (byte) 0x82;
  private static final byte DEFLATED = (byte) 0xc2;
  private static final byte DEFLATED_BEGIN = 0x42;
  private static final byte CONTINUE = 0x00;
  private static final byte CONTINUE_END = (byte) 0x80;
  private static final byte DEFLATED_END = (byte) 0xc0;
  private static final int FRAME_BYTES = 65_536;

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  @AutoClose private static final TestHub HUB = TestHub.compressing(DATABASE);

  @BeforeAll
  static void register() {
    HUB.device("d");
  }

  @Test
  void isRefusedByDefault() {
    try (TestDatabase database = TestDatabase.create();
        TestHub hub = TestHub.start(database)) {
      hub.device("d");
      try (RawSocket socket = RawSocket.open(hub.uri(), "d", FRAME_BYTES)) {
        assertThat(handshake(socket, "permessage-deflate"))
            .startsWith("HTTP/1.1 101 ")
            .doesNotContain("Sec-WebSocket-Extensions");
        socket.sendMasked(DEFLATED, deflate(GoldenFrames.bytes("hello-no-streams")));
        assertThat(closeCode(socket)).isEqualTo(1002);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=9; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover",
        "x-other, permessage-deflate",
        "permessage-deflate; server_max_window_bits=7, permessage-deflate"
      })
  void eachMessageIsCompressedByItself(String offer) {
    assertThat(extensions(offer))
        .containsExactlyInAnyOrder(
            "permessage-deflate", "server_no_context_takeover", "client_no_context_takeover");
  }

  @Test
  void aWindowThatTheHubIsAskedToKeepIsPromised() {
    assertThat(extensions("permessage-deflate; server_max_window_bits=10"))
        .containsExactlyInAnyOrder(
            "permessage-deflate",
            "server_no_context_takeover",
            "client_no_context_takeover",
            "server_max_window_bits=10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=x",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; unheard_of",
        "x-webkit-deflate-frame"
      })
  void anOfferNotOfTheRfcIsDeclined(String offer) {
    assertThat(extensions(offer)).isEmpty();
  }

  @Test
  void compressedAndPlainMessagesMayAlternate() throws InvalidProtocolBufferException {
    try (RawSocket socket = open()) {
      socket.sendMasked(DEFLATED, deflate(heartbeat(1, 0)));
      assertThat(reply(socket)).isEqualTo(1);
      socket.sendMasked(BINARY, heartbeat(2, 0));
      assertThat(reply(socket)).isEqualTo(2);
      byte[] whole = deflate(heartbeat(3, 40_000));
      socket.sendMasked(DEFLATED_BEGIN, Arrays.copyOfRange(whole, 0, 10));
      socket.sendMasked(CONTINUE, Arrays.copyOfRange(whole, 10, 20));
      socket.sendMasked(CONTINUE_END, Arrays.copyOfRange(whole, 20, whole.length));
      assertThat(reply(socket)).isEqualTo(3);
      socket.sendMasked(DEFLATED, lastBlock(heartbeat(4, 0)));
      assertThat(reply(socket)).isEqualTo(4);
    }
  }

  @Test
  void anotherImplementationIsUnderstood() {
    PerMessageDeflateExtension deflate = new PerMessageDeflateExtension();
    deflate.setThreshold(0);
    try (RawDevice device = RawDevice.connect(HUB.uri(), "d", List.of(deflate))) {
      device.hello(5, 1, 1, 0);
      device.layout(1, "t");
      for (int seq = 1; seq <= 20; seq++) {
        device.reading(seq, 1, Neighbours.NOW_US, seq);
      }
      device.awaitAck(20);
    }
    assertThat(HUB.number("SELECT count(*) FROM telemetry_batch WHERE stream = 5")).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({"65536, true", "65537, false", "50000000, false"})
  void aMessageIsBoundedInflated(int bytes, boolean taken) throws InvalidProtocolBufferException {
    try (RawSocket socket = open()) {
      byte[] message = heartbeat(1, bytes);
      byte[] bomb = deflate(message);
      assertThat(message).hasSize(bytes);
      assertThat(bomb).hasSizeLessThan(FRAME_BYTES);
      socket.sendMasked(DEFLATED, bomb);
      if (taken) {
        assertThat(reply(socket)).isEqualTo(1);
      } else {
        assertThat(closeCode(socket)).isEqualTo(4209);
      }
    }
  }

  @Test
  void aBombIsNotInflatedWhole() throws DataFormatException {
    ByteBuffer bomb = ByteBuffer.wrap(deflate(new byte[50_000_000]));
    int bytes = bomb.remaining();
    assertThat(new Inflaters().inflate(bomb, FRAME_BYTES)).isNull();
    assertThat(bomb.remaining()).as("left unread").isGreaterThan(bytes * 9 / 10);
  }

  @Test
  void whatIsNotDeflatedEndsTheSession() {
    byte[] behindTheEnd = Arrays.copyOf(lastBlock(heartbeat(1, 0)), 60);
    for (byte[] garbage : List.of(new byte[] {7, 7, 7}, new byte[] {-1, 1}, behindTheEnd)) {
      try (RawSocket socket = open()) {
        socket.sendMasked(DEFLATED, garbage);
        assertThat(closeCode(socket)).as(Arrays.toString(garbage)).isEqualTo(4207);
      }
    }
    try (RawSocket socket = open()) {
      socket.sendMasked(DEFLATED_BEGIN, new byte[10]);
      socket.sendMasked(DEFLATED_END, new byte[10]);
      assertThat(closeCode(socket)).as("marked in the middle").isEqualTo(4207);
    }
  }

  private static String handshake(RawSocket socket, String offer) {
    return socket.get(
        "/device", RawSocket.upgrade("d") + "Sec-WebSocket-Extensions: " + offer + "\r\n");
  }

  /** The parts of the hub's answer; empty: it declined. */
  private static List<String> extensions(String offer) {
    try (RawSocket socket = RawSocket.open(HUB.uri(), "d", FRAME_BYTES)) {
      String answer = handshake(socket, offer);
      assertThat(answer).startsWith("HTTP/1.1 101 ");
      return answer
          .lines()
          .filter(line -> line.startsWith("Sec-WebSocket-Extensions: "))
          .map(line -> line.substring(line.indexOf(' ') + 1))
          .flatMap(line -> Arrays.stream(line.split(" *; *", -1)))
          .toList();
    }
  }

  /** A session, opened with a compressed Hello. */
  private static RawSocket open() {
    RawSocket socket = RawSocket.open(HUB.uri(), "d", FRAME_BYTES);
    assertThat(handshake(socket, "permessage-deflate")).contains("permessage-deflate");
    socket.sendMasked(DEFLATED, deflate(GoldenFrames.bytes("hello-no-streams")));
    assertThat(socket.readFrame()[0]).as("Welcome, as it is").isEqualTo(BINARY);
    return socket;
  }

  /** A heartbeat behind unknown fields (P-14) that make it this long; 0: none. */
  private static byte[] heartbeat(long timeUs, int bytes) {
    byte[] frame =
        DeviceFrame.newBuilder()
            .setHeartbeat(Heartbeat.newBuilder().setTimeUs(timeUs))
            .build()
            .toByteArray();
    if (bytes == 0) {
      return frame;
    }
    // Field 99, bytes; their length in a varint of five bytes.
    int fill = bytes - frame.length - 7;
    ByteBuffer padded = ByteBuffer.allocate(bytes).put((byte) 0x9a).put((byte) 0x06);
    for (int i = 0; i < 4; i++) {
      padded.put((byte) (((fill >> (7 * i)) & 0x7f) | 0x80));
    }
    padded.put((byte) (fill >> 28));
    return padded.put(new byte[fill]).put(frame).array();
  }

  /** The device's time that the hub's next frame, a plain one, returns. */
  private static long reply(RawSocket socket) throws InvalidProtocolBufferException {
    byte[] frame = socket.readFrame();
    assertThat(frame[0]).isEqualTo(BINARY);
    return HubFrame.parseFrom(ByteBuffer.wrap(frame, 1, frame.length - 1))
        .getHeartbeatReply()
        .getDeviceTimeUs();
  }

  private static int closeCode(RawSocket socket) {
    byte[] frame = socket.readFrame();
    while (frame.length > 0 && frame[0] != (byte) 0x88) {
      frame = socket.readFrame();
    }
    return frame.length < 3 ? 1006 : ByteBuffer.wrap(frame, 1, 2).getShort() & 0xffff;
  }

  /** As RFC 7692 says: flushed, without the four bytes that end it. */
  private static byte[] deflate(byte[] message) {
    byte[] out = deflated(message, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(out, out.length - 4);
  }

  /** With a last block, and the byte 0 behind it (7.2.3.4). */
  private static byte[] lastBlock(byte[] message) {
    byte[] out = deflated(message, Deflater.FULL_FLUSH);
    return Arrays.copyOf(out, out.length + 1);
  }

  private static byte[] deflated(byte[] message, int flush) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    if (flush == Deflater.FULL_FLUSH) {
      deflater.finish();
    }
    byte[] out = new byte[message.length + 100];
    int length = deflater.deflate(out, 0, out.length, flush);
    deflater.end();
    return Arrays.copyOf(out, length);
  }
}
