package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareEndpoint;
import io.mooring.bench.load.Callers;
import io.mooring.bench.load.CommandRequests;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Requests;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Result;
import io.mooring.hub.access.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** Commands through the API: to devices that answer at once, and to devices that are away. */
final class Commands implements Scenario {
  /** The rates are measured for longer than a queue of the usual length lasts. */
  static final Map<String, String> SETTINGS =
      Map.of("MOORING_LIMITS_COMMANDS_OPEN", "1000000", "MOORING_LIMITS_DEVICE_FRAMES", "0");

  /** Commands of a bulk request. */
  static final int BULK = 1_000;

  /** Callers, each with a device of its own that is there. */
  static final int CLIENTS = 32;

  /** Devices that are away. */
  private static final int AWAY = 1_000;

  /** Callers that send in bulk: one's request is read while another's is stored. */
  private static final int BULK_CLIENTS = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "commands";
  }

  @Override
  public String about() {
    return "commands through the API, answered or queued; floor: bare commits and a WebSocket's echo";
  }

  @Override
  public int usualSeconds() {
    return 20;
  }

  @Override
  public Result measure(Run run) {
    int away = run.devices(AWAY);
    Result result = run.result(away, CommandPhase.ONE_CLIENT.p50());
    try (Hub hub = run.startHub(SETTINGS);
        BareServer bare = BareServer.start(run.place(), BareEndpoint.class, hub)) {
      List<String> tokens = Registry.register(run.postgres(), CLIENTS + away);
      String key = Registry.apiKey(run.postgres(), Set.of(Scope.COMMANDS_SEND));
      try (Fleet fleet = new Fleet(tokens.subList(0, CLIENTS), new Shape(1, 1), true)) {
        fleet.connect(hub.address());
        fleet.awaitOpen(PATIENCE);
        Side side = new Side(run, hub, fleet, result);
        CommandFloor floor = new CommandFloor(run, bare, away, result);
        CommandRequests there = new CommandRequests(key, 1, CLIENTS);
        CommandRequests gone = new CommandRequests(key, CLIENTS + 1, away);
        Requests bulk = gone.bulk(BULK, Long.MAX_VALUE);
        side.warmUp(CLIENTS, there.carriedOut());
        side.warmUp(CLIENTS, gone.queued());
        side.warmUp(BULK_CLIENTS, bulk);
        run.startRecording(hub);
        for (int round = 1; round <= run.rounds(); round++) {
          String label = "round " + round + " ";
          side.phase(CommandPhase.ONE_CLIENT, label, 1, there.carriedOut());
          side.phase(CommandPhase.MANY_CLIENTS, label, CLIENTS, there.carriedOut());
          side.phase(CommandPhase.OFFLINE, label, CLIENTS, gone.queued());
          side.phase(CommandPhase.BULK, label, BULK_CLIENTS, bulk);
          floor.measure(label);
        }
        run.dumpRecording(hub, "hub");
      }
    }
    return result;
  }

  /** What is asked of the hub. */
  private record Side(Run run, Hub hub, Fleet fleet, Result result) {
    /** A hub just started spends half of its time on compiling for some ten seconds. */
    void warmUp(int clients, Requests requests) {
      run.console().progress("warming up");
      try (Callers callers = new Callers(fleet, hub.address(), clients, PATIENCE)) {
        callers.ask(requests);
        Watch.sleep(run.seconds(0.5));
        callers.quiet(PATIENCE);
      }
    }

    /** Begins with empty tables, and looks at them afterwards. */
    void phase(CommandPhase phase, String label, int clients, Requests requests) {
      run.postgres().emptyCommands();
      long count;
      try (Callers callers = new Callers(fleet, hub.address(), clients, PATIENCE)) {
        callers.ask(requests);
        Watch.sleep(1);
        Histogram _ = callers.latencies();
        Watch watch =
            Watch.during(
                phase.seconds(run),
                label + "hub, " + phase.text(),
                "commands",
                callers::done,
                Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid()),
                run.console(),
                fleet::check);
        phase.add(result::hub, watch.perSecond(), callers.latencies(), run.console());
        result.cpu("hub, " + phase.text(), watch.cpu());
        callers.quiet(PATIENCE);
        count = callers.done();
      }
      switch (phase) {
        case ONE_CLIENT, MANY_CLIENTS -> CommandChecks.carriedOut(run, fleet.commands(), count);
        case OFFLINE, BULK -> CommandChecks.queued(run, count);
      }
    }
  }
}
