package io.mooring.bench.scenario;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import io.mooring.bench.report.Trend;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same load for long: whether the hub's memory grows. */
final class Soak implements Scenario {
  private static final int DEVICES = 1_000;
  private static final double SMALL_PACE = 1_000;
  private static final double LARGE_PACE = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A sample a minute, and more often in a run too short for ten of them. */
  private static final int SAMPLE_EVERY = 60;

  private static final int SAMPLES = 10;

  private static final Figure HEAP =
      Figure.cost("liveHeapBytes", "live heap: last third, first third");
  private static final Figure RESIDENT =
      Figure.cost("residentLoadedBytes", "resident: last third, first third");
  private static final Figure HEAP_GROWTH =
      Figure.cost("liveHeapGrowthBytes", "live heap: growth, bytes");
  private static final Figure RESIDENT_GROWTH =
      Figure.cost("residentGrowthBytes", "resident: growth, bytes");
  private static final Figure HEAP_SLOPE =
      Figure.cost("liveHeapBytesPerMinute", "live heap: slope, bytes/min");
  private static final Figure RESIDENT_SLOPE =
      Figure.cost("residentBytesPerMinute", "resident: slope, bytes/min");
  private static final Figure HEAP_SAMPLE =
      Figure.cost("liveHeapSampleBytes", "live heap: each sample");
  private static final Figure RESIDENT_SAMPLE =
      Figure.cost("residentSampleBytes", "resident: each sample");
  private static final Figure P99 = Figure.cost("ackP99Ms", "ack p99, ms, small frames");

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String about() {
    return "1 000 devices, small frames and batches for 10 minutes; floor: the hub's own beginning";
  }

  @Override
  public int usualSeconds() {
    return 600;
  }

  @Override
  public int usualRounds() {
    return 1;
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, HEAP);
    List<String> tokens = List.of();
    for (int round = 1; round <= run.rounds(); round++) {
      try (Hub hub = run.startHub()) {
        if (tokens.isEmpty()) {
          tokens = Registry.register(run.postgres(), devices);
        }
        int large = Math.max(1, devices / 10);
        try (Fleet small = new Fleet(tokens.subList(large, devices), new Shape(1, 3), true);
            Fleet batches = new Fleet(tokens.subList(0, large), new Shape(20, 5), true)) {
          run.postgres().emptyTelemetry();
          soak(run, hub, small, batches, "round " + round, result);
        }
      }
    }
    return result;
  }

  private static void soak(
      Run run, Hub hub, Fleet small, Fleet batches, String label, Result result) {
    List<Fleet> fleets = List.of(small, batches);
    fleets.forEach(fleet -> fleet.connect(hub.address()));
    fleets.forEach(fleet -> fleet.awaitOpen(PATIENCE));
    small.load(new Load.Paced(SMALL_PACE));
    batches.load(new Load.Paced(LARGE_PACE));
    run.console().progress("warming up");
    int every = Math.clamp(run.seconds() / SAMPLES, 1, SAMPLE_EVERY);
    Watch.sleep(every);
    Trend heap = new Trend();
    Trend resident = new Trend();
    long start = System.nanoTime();
    sample(run, hub, start, heap, resident, result);
    for (int second = every; second <= run.seconds(); second += every) {
      // Without those that waited for the sample's collection.
      Acks _ = Acks.of(small);
      Watch watch =
          Watch.during(
              every,
              "%s, %d/%d s".formatted(label, second, run.seconds()),
              "frames",
              () -> small.tally().acked() + batches.tally().acked(),
              Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid()),
              run.console(),
              () -> fleets.forEach(Fleet::check));
      result.cpu("load", watch.cpu());
      result.hub(P99, Acks.of(small).p99());
      sample(run, hub, start, heap, resident, result);
    }
    fleets.forEach(fleet -> fleet.quiet(PATIENCE));
    Ingest.mustBeStored(run, small.tally().acked() + batches.tally().acked());
    run.console().say("    live heap, MB: " + heap.line());
    run.console().say("    resident, MB: " + resident.line());
    result.hub(HEAP, heap.end());
    result.floor(HEAP, heap.beginning());
    result.hub(RESIDENT, resident.end());
    result.floor(RESIDENT, resident.beginning());
    result.hub(HEAP_GROWTH, heap.growth());
    result.hub(RESIDENT_GROWTH, resident.growth());
    result.hub(HEAP_SLOPE, heap.perMinute());
    result.hub(RESIDENT_SLOPE, resident.perMinute());
  }

  /** Resident memory first: the collection that tells the live heap may change it. */
  private static void sample(
      Run run, Hub hub, long start, Trend heap, Trend resident, Result result) {
    double minute = (System.nanoTime() - start) / 60e9;
    double residentNow = hub.residentBytes();
    double heapNow = hub.liveHeapBytes();
    resident.add(minute, residentNow);
    heap.add(minute, heapNow);
    result.hub(HEAP_SAMPLE, heapNow);
    result.hub(RESIDENT_SAMPLE, residentNow);
    run.console()
        .say(
            "    after %s min: live heap %s MB, resident %s MB"
                .formatted(
                    Numbers.of(minute), Numbers.of(heapNow / 1e6), Numbers.of(residentNow / 1e6)));
  }
}
