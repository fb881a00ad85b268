package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.golden.GoldenFrames;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Bytes below WebSocket that no library would send; another device is served throughout. */
class RawTcpTest {
  @AutoClose private static final Neighbours NEIGHBOURS = new Neighbours(Limits.DEFAULTS);
  private static final TestHub HUB = NEIGHBOURS.hub;

  @AfterEach
  void theOtherDeviceIsServed() {
    NEIGHBOURS.theOtherIsServed();
  }

  @Test
  void aDeviceThatDoesNotReadIsCutOff() {
    try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 1024)) {
      socket.handshake();
      socket.sendMasked((byte) 0x82, GoldenFrames.bytes("hello-no-streams"));
      await().until(() -> HUB.number("SELECT count(*) FROM session WHERE device_key = 2") == 1);
      // The kernel takes a few megabytes of answers before the hub's own queue begins to fill.
      byte[] ping = new byte[125];
      await().until(() -> !socket.flood((byte) 0x89, ping, 5_000));
      await()
          .until(
              () ->
                  HUB.number(
                          "SELECT coalesce(max(close_code), 0) FROM session WHERE device_key = 2")
                      == 4203);
    }
  }

  @Test
  void rawGarbageOnTheSocket() {
    byte[][] garbage = {
      {(byte) 0x82, 0x05, 1, 2, 3, 4, 5}, // not masked
      {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0}, // reserved opcode 3
      {(byte) 0x8f, (byte) 0x80, 0, 0, 0, 0}, // reserved opcode 15
      {(byte) 0xf2, (byte) 0x80, 0, 0, 0, 0}, // reserved bits
      {(byte) 0x82, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // 2^63 and more
      {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0}, // continuation of nothing
      {(byte) 0x09, (byte) 0x80, 0, 0, 0, 0}, // a ping in fragments
      {(byte) 0x89, (byte) 0xfe, 0x00, 0x7e, 0, 0, 0, 0}, // a ping of 126 bytes
      {(byte) 0x88, (byte) 0x81, 0, 0, 0, 0, 0} // a close of one byte
    };
    for (byte[] bytes : garbage) {
      try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 65_536)) {
        socket.handshake();
        socket.write(bytes);
        assertThat(socket.readToEnd()).as("%x %x", bytes[0], bytes[1]).isTrue();
      }
    }
  }

  @Test
  void aHugeLengthThatIsOnlyClaimedCostsNothingAndEnds() {
    try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 65_536)) {
      socket.handshake();
      socket.write(new byte[] {(byte) 0x82, (byte) 0xff, 0, 0, 0x7f, 0, 0, 0, 0, 0, 1, 2, 3, 4});
      // No Hello came of it in time.
      assertThat(socket.readToEnd()).isTrue();
    }
  }

  @Test
  void refusedHandshakesSayWhyAndAreCounted() {
    double noUpgrade = HUB.refusedHandshakes("no-upgrade");
    double malformed = HUB.refusedHandshakes("malformed");
    assertThat(answer("Upgrade: websocket\r\nConnection: Upgrade\r\n"))
        .startsWith("HTTP/1.1 426 ")
        .contains("Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mooring.device.v1")
        .contains("Upgrade: websocket", "application/problem+json");
    String ours =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: x, mooring.device.v1\r\n";
    assertThat(
            answer(
                ours
                    + "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
        .startsWith("HTTP/1.1 426 ")
        .contains("Sec-WebSocket-Version: 13");
    assertThat(answer(ours + "Sec-WebSocket-Version: 13\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(answer(ours + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(answer("Authorization: Bearer " + "x".repeat(20_000) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(HUB.refusedHandshakes("no-upgrade") - noUpgrade).isEqualTo(2);
    assertThat(HUB.refusedHandshakes("malformed") - malformed).isEqualTo(2);
  }

  @Test
  void webPagesCannotBeDevices() {
    String handshake = RawSocket.upgrade(Neighbours.BAD);
    for (String origin : new String[] {"https://evil.example", "http://127.0.0.1", "null", ""}) {
      assertThat(answer("/device", handshake + "Origin: " + origin + "\r\n"))
          .as(origin)
          .startsWith("HTTP/1.1 403 ")
          .contains("application/problem+json", "Origin");
    }
    assertThat(answer("/device", handshake)).startsWith("HTTP/1.1 101 ");
    assertThat(HUB.refusedHandshakes("web-page")).isEqualTo(4);
  }

  @Test
  void anUpgradeElsewhereIsToldWhereDevicesConnect() {
    for (String path : new String[] {"/", "/devices", "/device/", "/ws", "/api/v1/devices"}) {
      assertThat(answer(path, RawSocket.upgrade(Neighbours.BAD)))
          .as(path)
          .startsWith("HTTP/1.1 404 ")
          .contains("application/problem+json", "Devices connect at /device");
    }
    assertThat(HUB.refusedHandshakes("elsewhere")).isEqualTo(5);
  }

  @Test
  void halfAHandshakeAndSilenceHarmsNobody() {
    try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 65_536)) {
      socket.write("GET /device HTTP/1.1\r\nHost: x\r\nUpgra".getBytes(StandardCharsets.US_ASCII));
      theOtherDeviceIsServed();
    }
  }

  @Test
  void pingsAreAnswered() {
    try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 65_536)) {
      socket.handshake();
      socket.write(new byte[] {(byte) 0x89, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'});
      assertThat(socket.read(4)).containsExactly((byte) 0x8a, 2, 'h', 'i');
    }
  }

  private static String answer(String headers) {
    return answer("/device", "Authorization: Bearer bad\r\n" + headers);
  }

  /** The answer's head and, where it is refused, its body. */
  private static String answer(String path, String headers) {
    try (RawSocket socket = RawSocket.open(HUB.uri(), Neighbours.BAD, 65_536)) {
      return socket.get(path, headers);
    }
  }
}
