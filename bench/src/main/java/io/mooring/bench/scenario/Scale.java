package io.mooring.bench.scenario;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The same rate of messages from few devices and from many: what a message costs. */
final class Scale implements Scenario {
  private static final int DEVICES = 10_000;

  /** Of all devices, how many there are in each phase. */
  private static final List<Integer> PARTS = List.of(100, 10, 1);

  /** Small frames of all devices together, a good part of what two cores can do. */
  private static final double PACE = 5_000;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Figure DEAREST =
      Figure.cost("cpuUsPerMessage", "hub CPU, us a message: worst, best");
  private static final Figure POSTGRES =
      Figure.cost("postgresUsPerMessage", "PostgreSQL CPU: worst, best");

  /** What one number of devices costs. */
  private record Cost(double hub, double postgres) {}

  @Override
  public String name() {
    return "scale";
  }

  @Override
  public String about() {
    return "5 000 small frames/s from 100, 1 000, 10 000 devices, CPU of each; floor: the cheapest";
  }

  @Override
  public Result measure(Run run) {
    int most = run.devices(DEVICES);
    Result result = run.result(most, DEAREST);
    List<Integer> counts = PARTS.stream().map(part -> Math.max(1, most / part)).distinct().toList();
    try (Hub hub = run.startHub()) {
      List<String> tokens = Registry.register(run.postgres(), most);
      warmUp(run, hub, tokens.subList(0, Math.max(1, most / 10)));
      for (int round = 1; round <= run.rounds(); round++) {
        List<Cost> costs = new ArrayList<>();
        for (int devices : inTurns(counts, round)) {
          String label = "round %d %d devices".formatted(round, devices);
          costs.add(phase(run, hub, tokens.subList(0, devices), label, result));
        }
        List<Double> ofHub = costs.stream().map(Cost::hub).toList();
        List<Double> ofPostgres = costs.stream().map(Cost::postgres).toList();
        result.hub(DEAREST, Collections.max(ofHub));
        result.floor(DEAREST, Collections.min(ofHub));
        result.hub(POSTGRES, Collections.max(ofPostgres));
        result.floor(POSTGRES, Collections.min(ofPostgres));
      }
    }
    return result;
  }

  /** Each second round begins with the most, so that what comes first has no lasting advantage. */
  private static List<Integer> inTurns(List<Integer> counts, int round) {
    return round % 2 == 1 ? counts : counts.reversed();
  }

  /** A hub that is still compiling would make the first phase look dear. */
  private static void warmUp(Run run, Hub hub, List<String> tokens) {
    try (Fleet fleet = open(hub, tokens)) {
      run.console().progress("warming up");
      fleet.load(new Load.Saturating(4));
      Watch.sleep(Math.min(15, run.seconds()));
      fleet.quiet(PATIENCE);
    }
  }

  private static Fleet open(Hub hub, List<String> tokens) {
    Fleet fleet = new Fleet(tokens, new Shape(1, 3), true);
    try {
      fleet.connect(hub.address());
      fleet.awaitOpen(PATIENCE);
      return fleet;
    } catch (RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  private static Cost phase(Run run, Hub hub, List<String> tokens, String label, Result result) {
    run.postgres().emptyTelemetry();
    try (Fleet fleet = open(hub, tokens)) {
      fleet.load(new Load.Paced(PACE));
      // Longer than elsewhere: what the greetings began (analysing, writing out) is over by then.
      Watch.sleep(run.seconds(0.2));
      Histogram _ = fleet.tally().latencies();
      Histogram _ = fleet.tally().lateness();
      long beats = fleet.tally().heartbeats();
      Watch watch =
          Watch.during(
              run.seconds(),
              label,
              "frames",
              fleet.tally()::acked,
              Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid()),
              run.console(),
              fleet::check);
      double heartbeats = (double) (fleet.tally().heartbeats() - beats) / run.seconds();
      Acks acks = Acks.of(fleet);
      fleet.quiet(PATIENCE);
      Ingest.mustBeStored(run, fleet.tally().acked());
      Cost cost = new Cost(watch.cpuUsOfOne("hub"), watch.cpuUsOfOne("PostgreSQL"));
      run.console()
          .say(
              "    a message: hub %s us, PostgreSQL %s us of CPU; %s heartbeats/s beside it"
                  .formatted(
                      Numbers.of(cost.hub()), Numbers.of(cost.postgres()), Numbers.of(heartbeats)));
      run.console().say("    " + acks.line());
      report(result, fleet.size(), cost, acks);
      result.cpu(fleet.size() + " devices", watch.cpu());
      return cost;
    }
  }

  private static void report(Result result, int devices, Cost cost, Acks acks) {
    String at = "%,d devices".formatted(devices).replace(',', ' ');
    result.hub(Figure.cost("cpuUsPerMessage" + devices, "hub CPU, us, " + at), cost.hub());
    result.hub(
        Figure.cost("postgresUsPerMessage" + devices, "PostgreSQL CPU, us, " + at),
        cost.postgres());
    result.hub(Figure.cost("ackP50Ms" + devices, "ack p50, ms, " + at), acks.p50());
    result.hub(Figure.cost("ackP99Ms" + devices, "ack p99, ms, " + at), acks.p99());
  }
}
