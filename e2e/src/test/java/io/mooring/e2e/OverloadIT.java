package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Postgres;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever is too slow is felt by nobody else, and costs a bounded amount of memory. */
@Tag("alone")
class OverloadIT {
  private static final int MIB = 1024 * 1024;
  private static final int OTHERS = 500;
  private static final int SLOW_READER = 4203;

  /**
   * The other way to be cut off: a peer whose kernel has no room left for what it does not read may
   * drop the hub's acknowledgements, and even its reset, as out of the window. Then what it sends
   * does not arrive any more, and the hub hears nothing.
   */
  private static final int HEARTBEAT_TIMEOUT = 4202;

  /** To fill the kernel's buffers and the hub's queue, and the two seconds a close may take. */
  private static final Duration CUT_WITHIN = Duration.ofMinutes(1);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void devicesThatDoNotReadAreCutOffAmongMany() throws IOException {
    Hub hub = stage.hub(Map.of());
    List<String> tokens = IntStream.range(0, OTHERS).mapToObj(i -> hub.device("d-" + i)).toList();
    Map<String, String> deaf = Map.of("silent", hub.device("silent"), "slow", hub.device("slow"));
    // Its commands wait for it and are the first that it does not read.
    for (int i = 0; i < 16; i++) {
      hub.api().command("silent", "unread", Map.of("text", "x".repeat(4_000)));
    }
    try (Fleet fleet = new Fleet(tokens, new Shape(1, 3), true)) {
      fleet.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), hub.port()));
      fleet.awaitOpen(CUT_WITHIN);
      fleet.load(new Load.Paced(OTHERS));
      for (Map.Entry<String, String> device : deaf.entrySet()) {
        long before = fleet.tally().acked();
        heartbeatsUntilCut(hub.port(), device.getValue(), device.getKey().equals("slow"));
        await("the hub has recorded why")
            .atMost(CUT_WITHIN)
            .untilAsserted(
                () ->
                    assertThat(hub.api().presence(device.getKey()).path("closeCode").asInt())
                        .isIn(SLOW_READER, HEARTBEAT_TIMEOUT));
        assertThat(fleet.await(CUT_WITHIN, () -> fleet.tally().acked() >= before + OTHERS))
            .as("the others' batches are acknowledged")
            .isTrue();
      }
      fleet.quiet(CUT_WITHIN);
      fleet.check();
      assertThat(fleet.tally().open()).as("none of the others is closed").isEqualTo(OTHERS);
    }
    assertThat(closed(hub, "slow-reader") + closed(hub, "heartbeat-timeout")).isEqualTo(2);
  }

  private static double closed(Hub hub, String reason) {
    return hub.api().metric("mooring_sessions_closed_total{reason=\"" + reason + "\"}");
  }

  /**
   * A device that sends all the time and reads nothing, or a byte a second: the answers that it
   * causes pile up.
   */
  private static void heartbeatsUntilCut(int port, String token, boolean readsSlowly)
      throws IOException {
    ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    try (RawSocket socket = new RawSocket(port, "Bearer " + token, 64 * 1024)) {
      Hello hello = Hello.newBuilder().setAgent("deaf/1").build();
      socket.send(RawSocket.BINARY, DeviceFrame.newBuilder().setHello(hello).build().toByteArray());
      socket.receive();
      if (readsSlowly) {
        var _ = reader.scheduleAtFixedRate(socket::readByte, 1, 1, TimeUnit.SECONDS);
      }
      Heartbeat beat = Heartbeat.newBuilder().setTimeUs(1).build();
      byte[] frame = DeviceFrame.newBuilder().setHeartbeat(beat).build().toByteArray();
      for (long end = System.nanoTime() + CUT_WITHIN.toNanos(); System.nanoTime() < end; ) {
        socket.send(RawSocket.BINARY, frame);
      }
      throw new AssertionError("the hub still takes heartbeats after " + CUT_WITHIN);
    } catch (SocketException cut) {
      assertThat(cut).isNotNull();
    } finally {
      reader.shutdownNow();
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
