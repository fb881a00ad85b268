package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareEndpoint;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.part.Server;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** What a device costs that is only there. */
final class Connections implements Scenario {
  private static final int DEVICES = 15_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Figure HEAP = Figure.cost("liveHeapBytes", "live heap, bytes a device");
  private static final Figure RESIDENT = Figure.cost("residentBytes", "resident, bytes a device");
  private static final Figure UNCOLLECTED =
      Figure.cost("residentUncollectedBytes", "the same, garbage included");

  @Override
  public String name() {
    return "connections";
  }

  @Override
  public String about() {
    return "15 000 heart-beating devices, memory of each; floor: a bare Jetty endpoint with as many";
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, HEAP, RESIDENT);
    List<String> tokens = List.of();
    for (int round = 1; round <= run.rounds(); round++) {
      List<String> flags;
      try (Hub hub = run.startHub()) {
        flags = BareServer.flagsOf(hub);
        if (tokens.isEmpty()) {
          tokens = Registry.register(run.postgres(), devices);
        }
        hold(run, hub, new Fleet(tokens, new Shape(1, 1), true), round, result::hub);
      }
      try (BareServer bare = BareServer.start(run.place(), BareEndpoint.class, flags)) {
        hold(run, bare, new Fleet(tokens, new Shape(1, 1), false), round, result::floor);
      }
    }
    return result;
  }

  private static void hold(
      Run run, Server server, Fleet devices, int round, BiConsumer<Figure, Double> add) {
    String label = "round " + round + (server instanceof Hub ? " hub" : " floor");
    try (Fleet fleet = devices) {
      long residentAsStarted = server.residentBytes();
      long heap = server.liveHeapBytes();
      long resident = server.residentBytes();
      fleet.connect(server.address());
      fleet.awaitOpen(PATIENCE);
      Watch.during(
          run.seconds(),
          label + ", holding",
          "heartbeats",
          fleet.tally()::heartbeats,
          Map.of("server", server.pid(), "PostgreSQL", run.postgres().pid()),
          run.console(),
          fleet::check);
      double each = 1.0 / fleet.size();
      add.accept(UNCOLLECTED, (server.residentBytes() - residentAsStarted) * each);
      double heapEach = (server.liveHeapBytes() - heap) * each;
      double residentEach = (server.residentBytes() - resident) * each;
      fleet.check();
      run.console()
          .say(
              "%s: live heap %s, resident %s bytes a device; empty: %s MB and %s MB"
                  .formatted(
                      label,
                      Numbers.of(heapEach),
                      Numbers.of(residentEach),
                      Numbers.of(heap / 1e6),
                      Numbers.of(resident / 1e6)));
      add.accept(HEAP, heapEach);
      add.accept(RESIDENT, residentEach);
    }
  }
}
