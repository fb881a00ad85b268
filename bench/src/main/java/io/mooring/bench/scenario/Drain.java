package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareDrain;
import io.mooring.bench.load.Callers;
import io.mooring.bench.load.CommandRequests;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Cpu;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import io.mooring.hub.access.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Devices that come back to many queued commands. */
final class Drain implements Scenario {
  private static final int DEVICES = 1_000;

  /** Commands of each device of the fleet; one device alone has those of all. */
  private static final int EACH = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Figure OUT_OF_ORDER = Figure.cost("outOfOrder", "commands out of order");

  /** Figures of one case. */
  private record Case(String text, Figure rate, Figure stored) {
    static Case of(String suffix, String text) {
      return new Case(
          text,
          Figure.rate("perSecond" + suffix, "carried out/s, " + text),
          Figure.rate("storedPerSecond" + suffix, "answers stored/s, " + text));
    }
  }

  private static final Case SHORT = Case.of("Short", "one device, short queue");
  private static final Case LONG = Case.of("", "one device, long queue");
  private static final Case FLEET = Case.of("Fleet", "all devices");

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public String about() {
    return "10 000 and 100 000 commands for one device, 100 for each of 1 000; floor: bare reads and sends";
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, LONG.rate());
    try (Hub hub = run.startHub(Commands.SETTINGS);
        BareServer bare = BareServer.start(run.place(), BareDrain.class, hub, run.postgres())) {
      List<String> tokens = Registry.register(run.postgres(), 1 + devices);
      String key = Registry.apiKey(run.postgres(), Set.of(Scope.COMMANDS_SEND));
      try (Fleet one = new Fleet(tokens.subList(0, 1), new Shape(1, 1), true);
          Fleet all = new Fleet(tokens.subList(1, tokens.size()), new Shape(1, 1), true)) {
        Side alone = new Side(run, hub, bare, one, 1, new CommandRequests(key, 1, 1), result);
        Side fleet = new Side(run, hub, bare, all, 2, new CommandRequests(key, 2, devices), result);
        int total = devices * EACH;
        run.console().progress("warming up");
        alone.warmUp(total);
        fleet.warmUp(total);
        run.startRecording(hub);
        for (int round = 1; round <= run.rounds(); round++) {
          String label = "round " + round + " ";
          alone.drain(SHORT, label, total / 10);
          alone.drain(LONG, label, total);
          fleet.drain(FLEET, label, total);
          long wrong = one.commands().outOfOrder() + all.commands().outOfOrder();
          result.hub(OUT_OF_ORDER, (double) wrong);
        }
        run.dumpRecording(hub, "hub");
      }
    }
    return result;
  }

  /**
   * One fleet.
   *
   * @param first number of its first device
   */
  private record Side(
      Run run,
      Hub hub,
      BareServer bare,
      Fleet fleet,
      int first,
      CommandRequests requests,
      Result result) {

    void warmUp(int count) {
      queue(count);
      double _ = floor(count);
      Rates _ = hub(count);
    }

    void drain(Case what, String label, int count) {
      queue(count);
      String floorLabel = label + "floor, " + what.text();
      Cpu cpu = new Cpu(Map.of("bare", bare.pid(), "PostgreSQL", run.postgres().pid()));
      double sent = floor(count);
      result.floor(what.rate(), sent);
      tell(floorLabel, "%s sent/s".formatted(Numbers.of(sent)), cpu);

      cpu = new Cpu(Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid()));
      Rates rates = hub(count);
      result.hub(what.rate(), rates.carriedOut());
      result.hub(what.stored(), rates.stored());
      tell(
          label + "hub, " + what.text(),
          "%s carried out/s, %s answers stored/s"
              .formatted(Numbers.of(rates.carriedOut()), Numbers.of(rates.stored())),
          cpu);
      CommandChecks.carriedOut(run, fleet.commands(), count);
    }

    private void tell(String phase, String figures, Cpu cpu) {
      Map<String, Double> shares = cpu.shares();
      run.console().say("%s: %s".formatted(phase, figures));
      run.console().say("    CPU: " + Cpu.line(shares));
      result.cpu(phase.substring(phase.indexOf(' ', "round ".length()) + 1), shares);
    }

    /** Through the API, while the devices are away. */
    private void queue(int count) {
      run.postgres().emptyCommands();
      try (Callers callers = new Callers(fleet, hub.address(), 1, PATIENCE)) {
        callers.ask(requests.bulk(Commands.BULK, count));
        callers.awaitIdle(PATIENCE);
      }
      // As it would have happened by itself before the devices come back.
      run.postgres().execute("ANALYZE command", "CHECKPOINT");
    }

    private double floor(int count) {
      List<String> ids =
          IntStream.range(first, first + fleet.size()).mapToObj(i -> "bench-" + i).toList();
      try (Fleet below = new Fleet(ids, fleet.shape(), false)) {
        long start = System.nanoTime();
        below.connect(bare.address());
        await(below, "sent by the floor", below.commands()::carriedOut, count);
        return count * 1e9 / (below.commands().lastCarriedOutAt() - start);
      }
    }

    /** The clock runs from the moment the devices begin to connect. */
    private Rates hub(int count) {
      long before = fleet.commands().stored();
      long start = System.nanoTime();
      fleet.connect(hub.address());
      await(fleet, "stored", () -> fleet.commands().stored() - before, count);
      fleet.disconnect();
      return new Rates(
          count * 1e9 / (fleet.commands().lastCarriedOutAt() - start),
          count * 1e9 / (fleet.commands().lastStoredAt() - start));
    }

    private void await(Fleet devices, String what, LongSupplier done, int count) {
      run.console().progress("%d commands".formatted(count));
      if (!devices.await(PATIENCE, () -> done.getAsLong() >= count)) {
        throw new IllegalStateException(
            "%d of %d commands are %s; the first loss: %s"
                .formatted(done.getAsLong(), count, what, devices.tally().firstLoss()));
      }
    }
  }

  /** Of one drain. */
  private record Rates(double carriedOut, double stored) {}
}
