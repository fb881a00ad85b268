package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One node after the other is stopped in order and started again, while everybody is at work. */
@Tag("alone")
class ClusterRestartIT {
  private static final int DEVICES = 30;

  /** A device may be away for the slot that its hub gives it, and for this. */
  private static final Duration MORE = Duration.ofSeconds(2);

  private static final long PAUSE_MILLIS = 10;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nobodyIsAwayForLongAndNothingIsLost() throws InterruptedException {
    Cluster cluster = stage.cluster(3, stage.nats(Guard.NONE), Map.of());
    List<Obeying> devices = new ArrayList<>();
    for (int n = 0; n < DEVICES; n++) {
      String id = "device-" + n;
      devices.add(stage.keep(new Obeying(id, cluster.node(0).hub().device(id), cluster.port())));
    }
    devices.forEach(Obeying::awaitConnected);
    assertThat(cluster.database().column("SELECT DISTINCT node FROM presence"))
        .as("nodes that have devices")
        .hasSize(3);

    Load load = new Load(cluster, devices);
    load.start();
    for (Node node : cluster.nodes()) {
      load.awaitMore();
      node.hub().process().terminate();
      node.hub().process().exitCode();
      load.awaitMore();
      node.hub().restart();
      node.awaitReady(true);
    }
    List<String> sent = load.stop();

    await("everybody is back")
        .atMost(Cluster.PATIENCE)
        .until(() -> devices.stream().allMatch(Obeying::isConnected));
    String open = "SELECT id FROM command WHERE state <> 'succeeded'";
    await("every command has succeeded")
        .atMost(Cluster.PATIENCE)
        .untilAsserted(() -> assertThat(cluster.database().column(open)).isEmpty());
    List<String> executed =
        devices.stream()
            .flatMap(device -> device.executed().stream().map(what -> device.id() + " " + what))
            .toList();
    assertThat(executed).as("once each").containsExactlyInAnyOrderElementsOf(sent);
    devices.forEach(device -> device.checkStored(cluster.database()));
    cluster.awaitSessions(DEVICES);
    tellOutages(devices);
    assertThat(devices)
        .allSatisfy(
            device ->
                assertThat(device.outages())
                    .allSatisfy(
                        outage ->
                            assertThat(outage.lasted())
                                .as("%s", outage)
                                .isLessThan(outage.slot().plus(MORE))));
  }

  private static void tellOutages(List<Obeying> devices) {
    List<Obeying.Outage> all =
        devices.stream().flatMap(device -> device.outages().stream()).toList();
    System.err.printf(
        "%d outages, the longest %s beyond its slot%n",
        all.size(),
        all.stream()
            .map(outage -> outage.lasted().minus(outage.slot()))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO));
    assertThat(all).as("everybody was sent away").hasSizeGreaterThanOrEqualTo(DEVICES);
  }

  /** Sends a command and a reading to and from one device after the other. */
  private static final class Load {
    private final Cluster cluster;
    private final List<Obeying> devices;
    private final List<String> sent = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile int rounds;

    Load(Cluster cluster, List<Obeying> devices) {
      this.cluster = cluster;
      this.devices = devices;
    }

    void start() {
      thread.start();
    }

    private void run() {
      try {
        for (int n = 0; stopping.getCount() > 0; n++) {
          Obeying device = devices.get(n % devices.size());
          device.measure();
          send(device.id(), n);
          sent.add(device.id() + " {\"n\":" + n + "}");
          rounds = n + 1;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Again with the same key, at whichever hub, until one accepts it. */
    private void send(String device, int n) throws InterruptedException {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        try {
          Api.Answer answer =
              cluster.api().command(device, "record", Map.of("n", n), "Idempotency-Key", "k" + n);
          assertThat(answer.status()).as("%s", answer.body()).isIn(200, 202, 429, 503);
          if (answer.status() < 300) {
            return;
          }
        } catch (UncheckedIOException e) {
          // the hub that was asked went away
        }
      }
    }

    /** Waits for a command more for each device. */
    void awaitMore() {
      int wanted = rounds + devices.size();
      await("commands flow").atMost(Cluster.PATIENCE).until(() -> rounds >= wanted);
    }

    List<String> stop() throws InterruptedException {
      stopping.countDown();
      assertThat(thread.join(Cluster.PATIENCE)).isTrue();
      return sent;
    }
  }
}
