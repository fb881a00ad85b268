package io.mooring.bench.scenario;

import io.mooring.bench.floor.CopyLoop;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.Nodes;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** Large batches as fast as the hub takes them, then at an even pace. */
final class Ingest implements Scenario {
  private static final int DEVICES = 200;
  private static final int IN_FLIGHT = 8;
  private static final double PACE = 10_000;

  /** Rows that serve the floor as a pattern: about 30 MB. */
  private static final int PATTERN = 20_000;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Figure VALUES = Figure.rate("valuesPerSecond", "values/s");
  private static final Figure P50 = Figure.cost("ackP50Ms", "ack p50, ms at 10 000 batches/s");
  private static final Figure P99 = Figure.cost("ackP99Ms", "ack p99, ms at 10 000 batches/s");
  private static final Figure PACED = Figure.rate("pacedBatchesPerSecond", "paced batches/s");
  private static final Figure ROWS = Figure.rate("rowsPerCommit", "rows per commit");

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String about() {
    return "200 devices, batches of 20 readings x 5 metrics, 8 in flight; floor: a bare COPY loop";
  }

  @Override
  public boolean takesNodes() {
    return true;
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, VALUES);
    try (Nodes nodes = run.startNodes(Map.of());
        Fleet fleet =
            new Fleet(Registry.register(run.postgres(), devices), new Shape(20, 5), true)) {
      fleet.connect(nodes.addresses());
      fleet.awaitOpen(PATIENCE);
      run.console().progress("warming up");
      fleet.load(new Load.Saturating(IN_FLIGHT));
      Watch.sleep(run.seconds(0.34));
      fleet.quiet(PATIENCE);
      run.console().progress("making the write-ahead log's files");
      run.postgres().makeWriteAheadLog();
      nodes.each((_, hub) -> run.startRecording(hub));
      for (int round = 1; round <= run.rounds(); round++) {
        String label = "round " + round + " ";
        int rows = saturate(run, nodes, fleet, label, result);
        CopyLoop copy = run.postgres().on(connection -> CopyLoop.like(connection, PATTERN));
        pace(run, nodes, fleet, label, result);
        floor(run, copy, rows, fleet.shape().values(), label, result);
      }
      nodes.check();
      nodes.each((name, hub) -> run.dumpRecording(hub, name));
    }
    return result;
  }

  /** Returns the rows of one commit. */
  private static int saturate(Run run, Nodes nodes, Fleet fleet, String label, Result result) {
    run.postgres().emptyTelemetry();
    long before = fleet.tally().acked();
    fleet.load(new Load.Saturating(IN_FLIGHT));
    Watch.sleep(1);
    double writes = nodes.metric("mooring_commit_writes_sum");
    double commits = nodes.metric("mooring_commit_writes_count");
    Watch watch =
        Watch.during(
            run.seconds(),
            label + "hub",
            "values",
            () -> fleet.tally().acked() * fleet.shape().values(),
            nodes.processes(run.postgres()),
            run.console(),
            fleet::check);
    double rows =
        (nodes.metric("mooring_commit_writes_sum") - writes)
            / Math.max(1, nodes.metric("mooring_commit_writes_count") - commits);
    fleet.quiet(PATIENCE);
    mustBeStored(run, fleet.tally().acked() - before);
    run.console().say("    %s rows a commit".formatted(Numbers.of(rows)));
    result.hub(VALUES, watch.perSecond());
    result.hub(ROWS, rows);
    result.cpu("hub", watch.cpu());
    return (int) Math.max(1, Math.round(rows));
  }

  static void mustBeStored(Run run, long acked) {
    long stored = run.postgres().number("SELECT count(*) FROM telemetry_batch");
    if (stored < acked) {
      throw new IllegalStateException(
          "%d batches were acknowledged, but only %d are stored".formatted(acked, stored));
    }
  }

  private static void pace(Run run, Nodes nodes, Fleet fleet, String label, Result result) {
    run.postgres().emptyTelemetry();
    fleet.load(new Load.Paced(PACE));
    Watch.sleep(1);
    Histogram _ = fleet.tally().latencies();
    Histogram _ = fleet.tally().lateness();
    Watch watch =
        Watch.during(
            run.seconds(0.5),
            label + "hub, paced",
            "batches",
            fleet.tally()::acked,
            nodes.processes(run.postgres()),
            run.console(),
            fleet::check);
    Acks acks = Acks.of(fleet);
    fleet.quiet(PATIENCE);
    run.console().say("    " + acks.line());
    if (watch.perSecond() < 0.95 * PACE) {
      run.console().say("    The machine does not keep up with %s/s.".formatted(Numbers.of(PACE)));
    }
    result.hub(P50, acks.p50());
    result.hub(P99, acks.p99());
    result.hub(PACED, watch.perSecond());
    result.cpu("paced", watch.cpu());
  }

  private static void floor(
      Run run, CopyLoop copy, int rows, int values, String label, Result result) {
    run.postgres().emptyTelemetry();
    Watch watch =
        run.postgres()
            .on(
                connection -> {
                  CopyLoop.createTable(connection);
                  return copy(run, copy, rows, values, label, connection);
                });
    run.postgres().execute("DROP TABLE copy_floor");
    result.floor(VALUES, watch.perSecond());
    result.floor(ROWS, rows);
    result.cpu("floor", watch.cpu());
  }

  private static Watch copy(
      Run run, CopyLoop copy, int rows, int values, String label, Connection connection) {
    // A second before the clock starts, as for the hub; and one more than is watched.
    long end = System.nanoTime() + Duration.ofSeconds(run.seconds() + 2L).toNanos();
    CompletableFuture<Void> copying =
        CompletableFuture.runAsync(
            () -> {
              try {
                copy.run(connection, rows, end);
              } catch (SQLException e) {
                throw new IllegalStateException("COPY: " + e.getMessage(), e);
              }
            },
            task -> Thread.ofPlatform().name("copy-loop").start(task));
    Watch.sleep(1);
    Watch watch =
        Watch.during(
            run.seconds(),
            label + "floor",
            "values",
            () -> copy.copied() * values,
            Map.of("PostgreSQL", run.postgres().pid()),
            run.console(),
            () -> {
              if (copying.isCompletedExceptionally()) {
                copying.join();
              }
            });
    copying.join();
    return watch;
  }
}
