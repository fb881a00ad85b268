package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareEndpoint;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.part.Server;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;

/** One reading a frame, where the cost of a message is all there is. */
final class IngestSmall implements Scenario {
  private static final int DEVICES = 1_000;
  private static final double PACE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Figure FOUR = Figure.rate("framesPerSecond", "frames/s, 4 in flight");
  private static final Figure ONE =
      Figure.rate("framesPerSecondOneInFlight", "frames/s, 1 in flight");
  private static final Figure P50 = Figure.cost("ackP50Ms", "ack p50, ms at 1 000 frames/s");
  private static final Figure P99 = Figure.cost("ackP99Ms", "ack p99, ms at 1 000 frames/s");

  @Override
  public String name() {
    return "ingest-small";
  }

  @Override
  public String about() {
    return "1 000 devices, one reading x 3 metrics a frame; floor: a bare Jetty endpoint that answers";
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, FOUR);
    Shape shape = new Shape(1, 3);
    List<String> tokens;
    try (Hub hub = run.startHub();
        BareServer bare = BareServer.start(run.place(), BareEndpoint.class, hub)) {
      tokens = Registry.register(run.postgres(), devices);
      try (Fleet fleet = new Fleet(tokens, shape, true);
          Fleet below = new Fleet(tokens, shape, false)) {
        open(run, fleet, hub);
        open(run, below, bare);
        run.startRecording(hub);
        for (int round = 1; round <= run.rounds(); round++) {
          String label = "round " + round + " ";
          run.postgres().emptyTelemetry();
          long before = fleet.tally().acked();
          side(run, hub, fleet, label + "hub", result, result::hub);
          Ingest.mustBeStored(run, fleet.tally().acked() - before);
          side(run, bare, below, label + "floor", result, result::floor);
        }
        run.dumpRecording(hub, "hub");
      }
    }
    return result;
  }

  /** Connects all and warms up. */
  private static void open(Run run, Fleet fleet, Server server) {
    fleet.connect(server.address());
    fleet.awaitOpen(PATIENCE);
    run.console().progress("warming up");
    fleet.load(new Load.Saturating(4));
    Watch.sleep(run.seconds(0.34));
    fleet.quiet(PATIENCE);
  }

  private static void side(
      Run run,
      Server server,
      Fleet fleet,
      String label,
      Result result,
      BiConsumer<Figure, Double> add) {
    add.accept(ONE, saturate(run, server, fleet, label, 1, run.seconds(0.5), result));
    add.accept(FOUR, saturate(run, server, fleet, label, 4, run.seconds(), result));
    // What the phase before left in memory would be written now, and is not this load's.
    run.postgres().execute("CHECKPOINT");
    fleet.load(new Load.Paced(PACE));
    Watch.sleep(1);
    Histogram _ = fleet.tally().latencies();
    Histogram _ = fleet.tally().lateness();
    Watch watch = watch(run, server, fleet, label + ", paced", run.seconds(0.5));
    Acks acks = Acks.of(fleet);
    fleet.quiet(PATIENCE);
    run.console().say("    " + acks.line());
    add.accept(P50, acks.p50());
    add.accept(P99, acks.p99());
    result.cpu(label.substring(label.lastIndexOf(' ') + 1) + ", paced", watch.cpu());
  }

  private static double saturate(
      Run run, Server server, Fleet fleet, String label, int inFlight, int seconds, Result result) {
    fleet.load(new Load.Saturating(inFlight));
    Watch.sleep(1);
    String what = ", %d in flight".formatted(inFlight);
    Watch watch = watch(run, server, fleet, label + what, seconds);
    fleet.quiet(PATIENCE);
    result.cpu(label.substring(label.lastIndexOf(' ') + 1) + what, watch.cpu());
    return watch.perSecond();
  }

  private static Watch watch(Run run, Server server, Fleet fleet, String label, int seconds) {
    String process = server instanceof Hub ? "hub" : "bare";
    return Watch.during(
        seconds,
        label,
        "frames",
        fleet.tally()::acked,
        Map.of(process, server.pid(), "PostgreSQL", run.postgres().pid()),
        run.console(),
        fleet::check);
  }
}
