package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.RawSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Devices that send more than their rate; another device is served throughout. */
class FloodTest {
  @AutoClose
  private static final Neighbours NEIGHBOURS =
      new Neighbours(
          DataPaths.sockets(new SocketLimits(0, 100, 4, 100, 100, 100, 60, 200, 1024 * 1024)));

  private static double holds() {
    return NEIGHBOURS.hub.path().sessions().metrics().rateHolds.get();
  }

  @Test
  void aFloodOfPingsIsReadSlowly() {
    try (RawSocket socket = RawSocket.open(NEIGHBOURS.hub.uri(), Neighbours.BAD, 65_536)) {
      socket.handshake();
      double before = holds();
      assertThat(socket.flood((byte) 0x89, new byte[1], 1_000)).isTrue();
      await().until(() -> holds() > before);
      NEIGHBOURS.theOtherIsServed();
    }
  }

  /**
   * More than twice what may come at once, in pieces that are soon sent, as the rate gives more
   * room meanwhile: all of it arrives, later.
   */
  @Test
  void nothingOfABurstIsLost() {
    double before = holds();
    try (RawDevice device = NEIGHBOURS.hub.connect(Neighbours.BAD)) {
      device.hello(9, 1, 1, 0);
      device.layout(1, "t");
      IntStream.rangeClosed(1, 20).forEach(i -> burst(device, i));
    }
    assertThat(holds()).isGreaterThan(before);
  }

  private static void burst(RawDevice device, int burst) {
    int first = (burst - 1) * 50;
    IntStream.rangeClosed(first + 1, first + 50)
        .forEach(i -> device.reading(i, 1, Neighbours.NOW_US + i, i));
    device.awaitAck(first + 50);
  }
}
