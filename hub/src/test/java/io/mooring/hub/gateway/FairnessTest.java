package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** However much one socket sends, it has no thread for itself. No bound of its rate helps here. */
class FairnessTest {
  private static final byte BINARY = (byte) 0x82;
  private static final byte PONG = (byte) 0x8a;

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose
  private static final TestHub HUB =
      TestHub.start(
          DATABASE,
          Duration.ofSeconds(30),
          DataPaths.sockets(new SocketLimits(0, 100, 4, 100, 100, 100, 60, 0, 0)));

  /** Sends the same small frame without end, and never reads. */
  private static final class Flood implements AutoCloseable {
    private final AtomicLong times = new AtomicLong();
    private volatile boolean over;

    Flood(RawSocket socket, byte firstByte) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                while (!over && socket.flood(firstByte, new byte[0], 10_000)) {
                  times.incrementAndGet();
                }
                over = true;
              });
    }

    boolean isOver() {
      return over;
    }

    @Override
    public void close() {
      over = true;
    }
  }

  /** That thread looks tokens up, one group after the other, for everybody. */
  @Test
  void whoDecidesAboutAHandshakeDoesNotReadItsSocket() throws InterruptedException {
    HUB.device("impatient");
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Void> known = new CompletableFuture<>();
    HUB.decideWhen(
        decision -> {
          asked.countDown();
          return known.thenCompose(_ -> decision);
        });
    try (RawSocket socket = RawSocket.open(HUB.uri(), "impatient", 65_536)) {
      socket.ask(HUB.uri().getPath(), RawSocket.upgrade("impatient"));
      try (Flood flood = new Flood(socket, BINARY)) {
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        await().until(() -> flood.times.get() > 10);
        known.complete(null);
        assertThat(flood.isOver()).as("read until it was cut off").isFalse();
        await().until(flood::isOver);
      }
    } finally {
      HUB.decideWhen(decision -> decision);
    }
  }

  /** One more than there are selectors, so that at least one of them shares the flooder's. */
  @Test
  void whoeverSharesItsSelectorIsServed() {
    HUB.device("flooder");
    List<RawDevice> others = new ArrayList<>();
    try (RawSocket socket = RawSocket.open(HUB.uri(), "flooder", 65_536)) {
      socket.handshake();
      for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
        HUB.device("other" + i);
        RawDevice other = HUB.connect("other" + i);
        others.add(other);
        other.hello(5, 1, 1, 0);
        other.layout(1, "t");
      }
      socket.sendMasked(
          BINARY,
          DeviceFrame.newBuilder()
              .setHello(Hello.newBuilder().setAgent("flood"))
              .build()
              .toByteArray());
      assertThat(socket.readFrame()).isNotEmpty();
      try (Flood flood = new Flood(socket, PONG)) {
        await().until(() -> flood.times.get() > 200);
        for (int seq = 1; seq <= 10; seq++) {
          for (RawDevice other : others) {
            other.reading(seq, 1, Neighbours.NOW_US + seq, seq);
            other.awaitAck(seq);
          }
        }
        assertThat(flood.isOver()).isFalse();
      }
    } finally {
      others.forEach(RawDevice::close);
    }
  }
}
