package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Postgres;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever is too slow is felt by nobody else, and costs a bounded amount of memory. */
class OverloadIT {
  private static final int MIB = 1024 * 1024;

  /** To fill the kernel's buffers and the hub's queue, and the two seconds a close may take. */
  private static final Duration CUT_WITHIN = Duration.ofMinutes(1);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void aDeviceThatDoesNotReadIsCutOff() throws IOException {
    Hub hub = stage.hub(Map.of());
    String token = hub.device("deaf");
    Sending other = Sending.start(stage, hub, "other", 50, 0).awaitConnected();
    try (RawSocket deaf = new RawSocket(hub.port(), "Bearer " + token, 4096)) {
      deaf.send(
          RawSocket.BINARY,
          DeviceFrame.newBuilder()
              .setHello(Hello.newBuilder().setAgent("deaf/1"))
              .build()
              .toByteArray());
      deaf.receive();
      pingUntilCut(deaf);
    }
    await("the hub has recorded why")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> assertThat(hub.api().presence("deaf").path("closeCode").asInt()).isEqualTo(4203));
    other.awaitMore(50);
    assertThat(other.process().count("state CONNECTED.*")).isEqualTo(1);
    other.stopAndCheck();
  }

  /** Each ping asks for a pong of the same size that is never read. */
  private static void pingUntilCut(RawSocket deaf) throws IOException {
    byte[] payload = new byte[125];
    try {
      for (long end = System.nanoTime() + CUT_WITHIN.toNanos(); System.nanoTime() < end; ) {
        deaf.send(RawSocket.PING, payload);
      }
      throw new AssertionError("the hub still takes pings after " + CUT_WITHIN);
    } catch (SocketException cut) {
      assertThat(cut).isNotNull();
    }
  }

  @Test
  void aFrozenPostgresMakesDevicesWait() {
    int queue = MIB;
    Hub hub =
        stage.hub(
            Map.of(
                "MOORING_JAVA_OPTS",
                "-Xmx128m",
                "MOORING_LIMITS_WRITER_QUEUE_BYTES",
                Integer.toString(queue)));
    List<Sending> senders = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      senders.add(Sending.start(stage, hub, "sender-" + i, 300, 3000));
    }
    senders.forEach(sender -> sender.awaitConnected().awaitMore(100));

    List<Double> seen = new ArrayList<>();
    try (Postgres.Pause _ = stage.postgres().pause()) {
      AtomicReference<Double> most = new AtomicReference<>(0.0);
      await("ten seconds without a database")
          .pollInterval(Duration.ofMillis(250))
          .during(Duration.ofSeconds(10))
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                double bytes = hub.api().metric("mooring_writer_queue_bytes");
                most.accumulateAndGet(bytes, Math::max);
                return hub.process().isAlive();
              });
      seen.add(most.get());
    }
    // Each of the three devices may have one more frame under way when the queue is full.
    assertThat(seen.getFirst()).isBetween(0.9 * queue, 1.5 * queue);
    senders.forEach(sender -> sender.awaitMore(500));
    for (Sending sender : senders) {
      assertThat(sender.stopAndCheck()).isGreaterThan(600);
      assertThat(sender.process().count("state CONNECTED.*")).as("no reconnect").isEqualTo(1);
    }
    assertThat(hub.process().isAlive()).isTrue();
  }
}
