package io.mooring.bench.scenario;

import io.mooring.bench.floor.SliceReads;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.Api;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.past.Day;
import io.mooring.bench.past.Past;
import io.mooring.bench.past.PastDevices;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import io.mooring.hub.access.Scope;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Reads back what was stored, while other devices send. */
final class Chart implements Scenario {
  private static final int DEVICES = 1_000;

  /** One of so many devices sent its readings one by one. */
  private static final int SMALL = 5;

  /** Devices that send meanwhile, and what they send together. */
  private static final int SENDING = 200;

  private static final double PACE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Figure ALONE = Figure.cost("ackP99MsAlone", "ack p99, ms, nobody reads");
  private static final Figure BESIDE = Figure.cost("ackP99Ms", "ack p99, ms, beside the reads");
  private static final Figure READS = Figure.rate("readsPerSecond", "reads/s");

  @Override
  public String name() {
    return "chart";
  }

  @Override
  public String about() {
    return "a day of 1 000 devices read back under ingest; floor: COPY of the same rows, thrown away";
  }

  @Override
  public Result measure(Run run) {
    int devices = Math.max(2, run.devices(DEVICES));
    Result result = run.result(devices, Read.BUCKETS.p50(), Read.SMALL_BUCKETS.p50());
    Day day = new Day(Instant.now());
    List<String> tokens;
    String key;
    // The first hub makes the tables and ends: nothing may merge while the past is being made.
    Hub first = run.startHub();
    try (first) {
      tokens = Registry.register(run.postgres(), devices + SENDING);
      key = Registry.apiKey(run.postgres(), Set.of(Scope.TELEMETRY_READ));
    }
    PastDevices past = fill(run, day, devices);
    try (Hub hub = run.startHubAgain(first);
        Api api = new Api(hub, key);
        Fleet fleet = new Fleet(tokens.subList(devices, tokens.size()), new Shape(1, 3), true)) {
      fleet.connect(hub.address());
      fleet.awaitOpen(PATIENCE);
      fleet.load(new Load.Paced(PACE));
      Read.Reader hubReads = new HubReads(api, day);
      run.console().progress("warming up");
      try (Reading warm = new Reading(past, hubReads)) {
        Watch.sleep(run.seconds(0.5));
        warm.check();
      }
      run.startRecording(hub);
      for (int round = 1; round <= run.rounds(); round++) {
        String label = "round " + round + " ";
        alone(run, hub, fleet, label, result);
        reading(run, hub, fleet, past, hubReads, label + "hub", result, result::hub);
        run.postgres()
            .on(
                connection -> {
                  Read.Reader bare = floor(connection, past, day);
                  reading(run, hub, fleet, past, bare, label + "floor", result, result::floor);
                  return true;
                });
      }
      run.dumpRecording(hub, "hub");
      fleet.quiet(PATIENCE);
    }
    return result;
  }

  private static PastDevices fill(Run run, Day day, int devices) {
    long start = System.nanoTime();
    int small = Math.max(1, devices / SMALL);
    int batched = Math.max(1, devices - small);
    PastDevices past = new Past(run.postgres(), day, run.console()::progress).fill(small, batched);
    run.console()
        .say(
            "filled in %s s: %d devices that sent 20 readings a batch, %d that sent them one by one; %s rows, %s MB"
                .formatted(
                    Numbers.of((System.nanoTime() - start) / 1e9),
                    batched,
                    small,
                    Numbers.of(
                        (double) run.postgres().number("SELECT count(*) FROM telemetry_batch")),
                    Numbers.of(
                        run.postgres().number("SELECT pg_database_size(current_database())")
                            / 1e6)));
    return past;
  }

  private static Read.Reader floor(Connection connection, PastDevices past, Day day) {
    SliceReads slices = new SliceReads(connection);
    return (what, device) -> {
      Instant from = day.start();
      long start = System.nanoTime();
      long bytes =
          switch (what) {
            case BUCKETS, SMALL_BUCKETS ->
                slices.range(device.key(), past.layout(), from, day.end());
            case LATEST -> slices.newest(device.key(), past.layout());
            case PAGE ->
                slices.range(device.key(), past.layout(), from, from.plusSeconds(Read.LIMIT));
            case NEXT_PAGE ->
                slices.range(
                    device.key(),
                    past.layout(),
                    from.plusSeconds(Read.LIMIT),
                    from.plusSeconds(2 * Read.LIMIT));
          };
      if (bytes <= SliceReads.NOTHING) {
        throw new IllegalStateException("no rows of " + device);
      }
      return System.nanoTime() - start;
    };
  }

  private static void alone(Run run, Hub hub, Fleet fleet, String label, Result result) {
    Acks _ = Acks.of(fleet);
    Watch watch =
        Watch.during(
            run.seconds(0.5),
            label + "hub, nobody reads",
            "frames",
            fleet.tally()::acked,
            processes(run, hub),
            run.console(),
            fleet::check);
    Acks acks = Acks.of(fleet);
    run.console().say("    " + acks.line());
    result.hub(ALONE, acks.p99());
    result.cpu("nobody reads", watch.cpu());
  }

  private static Map<String, Long> processes(Run run, Hub hub) {
    return Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid());
  }

  private static void reading(
      Run run,
      Hub hub,
      Fleet fleet,
      PastDevices past,
      Read.Reader reader,
      String label,
      Result result,
      BiConsumer<Figure, Double> add) {
    Acks _ = Acks.of(fleet);
    try (Reading reading = new Reading(past, reader)) {
      Watch watch =
          Watch.during(
              run.seconds(),
              label,
              "reads",
              reading::count,
              processes(run, hub),
              run.console(),
              () -> {
                fleet.check();
                reading.check();
              });
      Acks acks = Acks.of(fleet);
      run.console().say("    " + acks.line());
      add.accept(READS, watch.perSecond());
      add.accept(BESIDE, acks.p99());
      result.cpu(label.substring(label.lastIndexOf(' ') + 1), watch.cpu());
      reading.end();
      for (Read what : Read.values()) {
        add.accept(what.p50(), reading.ms(what, 50));
        add.accept(what.p99(), reading.ms(what, 99));
      }
    }
  }
}
