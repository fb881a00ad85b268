package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Postgres;
import io.mooring.e2e.harness.Stage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Hundreds of devices that send as fast as they may, and a database that goes away for longer than
 * the hub waits for an answer: memory stays where it was, everybody waits, nobody is sent away, and
 * afterwards all goes on by itself.
 */
class OutageIT {
  private static final int MIB = 1024 * 1024;
  private static final int DEVICES = 300;

  /** Frames of about 1.5 KB, which weigh 4.4 KB in the hub's queue. */
  private static final Shape SHAPE = new Shape(20, 8);

  private static final int QUEUED_BYTES = 5_000;

  /** As many as a device may have under way: all of them together are 80 times the queue. */
  private static final Load AS_FAST_AS_THEY_MAY = new Load.Saturating(64);

  /** limits.writer-queue-bytes. */
  private static final int QUEUE = MIB;

  /**
   * What memory may grow by meanwhile beside the queue: compiled code, threads and buffers. The
   * heap is all resident from the start, and ends the hub when it does not suffice: what the
   * devices hold back would be more than it.
   */
  private static final int ALLOWANCE = 24 * MIB;

  /** Longer than the 60 s after which an unanswered transaction counts as lost. */
  private static final Duration OUTAGE = Duration.ofSeconds(70);

  /** Until the queue is full, the devices have nothing left to send, and that code is compiled. */
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void everybodyWaitsForAFrozenPostgresAndForAKilledOne() throws InterruptedException {
    Hub hub =
        stage.hub(
            Map.of(
                "MOORING_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1 -Xms64m -Xmx64m -XX:+AlwaysPreTouch",
                "MOORING_LIMITS_WRITER_QUEUE_BYTES",
                Integer.toString(QUEUE),
                // The outage is fourteen of these, and 2.5 would be taken for a device's silence.
                "MOORING_SESSION_HEARTBEAT_INTERVAL",
                "5s"));
    // An SDK's own judgement of its line; the generator's devices have none.
    Sending sdk = Sending.start(stage, hub, "sdk", 20, 0).awaitConnected();
    try (Fleet fleet = new Fleet(tokens(hub), SHAPE, true)) {
      fleet.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), hub.port()));
      fleet.awaitOpen(PATIENCE);
      fleet.load(AS_FAST_AS_THEY_MAY);
      awaitMore(fleet, 50 * DEVICES);

      List<Sample> samples;
      try (Postgres.Pause _ = stage.postgres().pause()) {
        Thread.sleep(WARM_UP);
        samples = watch(hub, fleet, OUTAGE.minus(WARM_UP));
        assertThat(hub.api().metric("mooring_database_up")).isZero();
      }
      assertThatAllWaited(samples);
      awaitMore(fleet, 10 * DEVICES);
      assertThat(hub.api().metric("mooring_commit_retries_total"))
          .as("the transaction under way was given up and asked for")
          .isPositive();

      stage.postgres().kill();
      stage.postgres().awaitRecovery();
      awaitMore(fleet, 10 * DEVICES);

      fleet.quiet(PATIENCE);
      fleet.check();
      assertThatAllIsStored(hub, fleet);
    }
    sdk.stopAndCheck();
    assertThat(sdk.process().count("state CONNECTED.*")).as("no reconnect").isEqualTo(1);
    assertThat(hub.api().get("/health/ready").status()).isEqualTo(200);
    assertThat(hub.api().metric("mooring_database_up")).isEqualTo(1);
  }

  private static List<String> tokens(Hub hub) {
    List<String> tokens = new ArrayList<>();
    for (int i = 1; i <= DEVICES; i++) {
      tokens.add(hub.device("device-" + i));
    }
    return tokens;
  }

  private static void awaitMore(Fleet fleet, int batches) {
    long before = fleet.tally().acked();
    if (!fleet.await(PATIENCE, () -> fleet.tally().acked() >= before + batches)) {
      throw new AssertionError(
          "%d batches more were acknowledged, of %d; %d devices lost, the first: %s"
              .formatted(
                  fleet.tally().acked() - before,
                  batches,
                  fleet.tally().lost(),
                  fleet.tally().firstLoss()));
    }
    fleet.check();
  }

  /** How all stood at one moment of the outage. */
  private record Sample(
      double resident, double queued, double sessions, double closed, long acked, long inFlight) {}

  private static List<Sample> watch(Hub hub, Fleet fleet, Duration lasting) {
    List<Sample> samples = new ArrayList<>();
    await("the outage")
        .pollInterval(Duration.ofSeconds(1))
        .during(lasting)
        .atMost(lasting.plus(PATIENCE))
        .until(
            () -> {
              samples.add(
                  new Sample(
                      hub.api().metric("process_resident_memory_bytes"),
                      hub.api().metric("mooring_writer_queue_bytes"),
                      hub.api().metric("mooring_sessions"),
                      hub.api().metric("mooring_sessions_closed_total"),
                      fleet.tally().acked(),
                      fleet.inFlight()));
              return hub.process().isAlive();
            });
    return samples;
  }

  private static void assertThatAllWaited(List<Sample> samples) {
    Sample first = samples.getFirst();
    System.err.printf(
        "resident %.0f to %.0f bytes, queued %.0f to %.0f, %d batches under way%n",
        first.resident,
        samples.stream().mapToDouble(Sample::resident).max().orElse(0),
        first.queued,
        samples.stream().mapToDouble(Sample::queued).max().orElse(0),
        first.inFlight);
    // Where each device has one more frame under way when the queue is full.
    int most = QUEUE + DEVICES * QUEUED_BYTES;
    assertThat(samples).hasSizeGreaterThan(30);
    assertThat(samples)
        .allSatisfy(
            now -> {
              assertThat(now.resident).isBetween(1.0, first.resident + QUEUE + ALLOWANCE);
              assertThat(now.queued).isBetween((double) QUEUE, (double) most);
              assertThat(now.acked).as("nothing is stored").isEqualTo(first.acked);
              assertThat(now.inFlight).as("nothing is sent").isEqualTo(first.inFlight);
              assertThat(now.sessions).as("nobody is sent away").isEqualTo(DEVICES + 1);
              assertThat(now.closed).isZero();
            });
    assertThat(first.inFlight).isEqualTo(64L * DEVICES);
  }

  private static void assertThatAllIsStored(Hub hub, Fleet fleet) {
    Map<String, Long> acked = new TreeMap<>();
    fleet.positions().forEach(at -> acked.put(Long.toString(at.stream()), at.acked()));
    List<String> stored =
        hub.database()
            .column(
                "SELECT stream || ' ' || count(*) || ' ' || max(seq) FROM telemetry_batch b"
                    + " JOIN device d ON d.key = b.device_key WHERE d.id <> 'sdk' GROUP BY stream");
    assertThat(stored)
        .containsExactlyInAnyOrderElementsOf(
            acked.entrySet().stream()
                .map(at -> at.getKey() + " " + at.getValue() + " " + at.getValue())
                .toList());
  }
}
