package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareEndpoint;
import io.mooring.bench.load.Callers;
import io.mooring.bench.load.CommandRequests;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Requests;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Nodes;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
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
  static final Map<String, String> SETTINGS = Map.of("MOORING_LIMITS_COMMANDS_OPEN", "1000000");

  /** Commands of a bulk request. */
  static final int BULK = 1_000;

  /** Callers, each with a device of its own that is there. */
  static final int CLIENTS = 32;

  /** Devices that are away. */
  private static final int AWAY = 1_000;

  /** Callers that send in bulk: one's request is read while another's is stored. */
  private static final int BULK_CLIENTS = 4;

  private static final Figure CROSSING =
      Figure.cost("crossingMs", "crossing costs, ms (p50 of 1 client)");

  private static final String ABOUT_NODES =
      """
      All devices are at one of the two hubs. "At the other node" is asked at the hub that has none of them,
      so each command crosses, and so does its end. All other rows are asked at the devices' own hub: beside
      those of bin/bench commands without --nodes they tell what a hub pays for sharing its database.
      """;

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
  public boolean takesNodes() {
    return true;
  }

  @Override
  public Result measure(Run run) {
    int away = run.devices(AWAY);
    Result result = run.result(away, CommandPhase.ONE_CLIENT.p50());
    try (Nodes nodes = run.startNodes(SETTINGS);
        BareServer bare = BareServer.start(run.place(), BareEndpoint.class, nodes.first())) {
      List<String> tokens = Registry.register(run.postgres(), CLIENTS + away);
      String key = Registry.apiKey(run.postgres(), Set.of(Scope.COMMANDS_SEND));
      try (Fleet fleet = new Fleet(tokens.subList(0, CLIENTS), new Shape(1, 1), true)) {
        // All at one node: whoever asks the other one crosses.
        fleet.connect(nodes.first().address());
        fleet.awaitOpen(PATIENCE);
        CommandFloor floor = new CommandFloor(run, bare, away, nodes.areSeveral(), result);
        CommandRequests there = new CommandRequests(key, 1, CLIENTS);
        CommandRequests gone = new CommandRequests(key, CLIENTS + 1, away);
        Side side =
            new Side(
                run,
                nodes,
                fleet,
                there.carriedOut(),
                gone.queued(),
                gone.bulk(BULK, Long.MAX_VALUE),
                result);
        side.warmUp();
        nodes.each((_, hub) -> run.startRecording(hub));
        for (int round = 1; round <= run.rounds(); round++) {
          String label = "round " + round + " ";
          side.measure(label);
          floor.measure(label);
        }
        nodes.each((name, hub) -> run.dumpRecording(hub, name));
      }
      if (nodes.areSeveral()) {
        result.note(ABOUT_NODES);
      }
    }
    return result;
  }

  /** What is asked of the hubs. */
  private record Side(
      Run run,
      Nodes nodes,
      Fleet fleet,
      Requests carriedOut,
      Requests queued,
      Requests bulk,
      Result result) {

    /** A hub just started spends half of its time on compiling for some ten seconds. */
    void warmUp() {
      warmUp(nodes.first(), CLIENTS, carriedOut);
      if (nodes.areSeveral()) {
        warmUp(nodes.last(), CLIENTS, carriedOut);
      }
      warmUp(nodes.first(), CLIENTS, queued);
      warmUp(nodes.first(), BULK_CLIENTS, bulk);
    }

    private void warmUp(Hub at, int clients, Requests requests) {
      run.console().progress("warming up");
      try (Callers callers = new Callers(fleet, at.address(), clients, PATIENCE)) {
        callers.ask(requests);
        Watch.sleep(run.seconds(0.5));
        callers.quiet(PATIENCE);
      }
    }

    /** One round. */
    void measure(String label) {
      Hub here = nodes.first();
      Hub there = nodes.last();
      double same = phase(CommandPhase.ONE_CLIENT, label, here, 1, carriedOut);
      if (nodes.areSeveral()) {
        double other = phase(CommandPhase.ONE_CLIENT_ACROSS, label, there, 1, carriedOut);
        result.hub(CROSSING, other - same);
      }
      phase(CommandPhase.MANY_CLIENTS, label, here, CLIENTS, carriedOut);
      if (nodes.areSeveral()) {
        phase(CommandPhase.MANY_CLIENTS_ACROSS, label, there, CLIENTS, carriedOut);
      }
      phase(CommandPhase.OFFLINE, label, here, CLIENTS, queued);
      phase(CommandPhase.BULK, label, here, BULK_CLIENTS, bulk);
      nodes.check();
    }

    /** Begins with empty tables, and looks at them afterwards; returns p50 in milliseconds. */
    private double phase(CommandPhase phase, String label, Hub at, int clients, Requests requests) {
      run.postgres().emptyCommands();
      Histogram times;
      long count;
      try (Callers callers = new Callers(fleet, at.address(), clients, PATIENCE)) {
        callers.ask(requests);
        Watch.sleep(1);
        Histogram _ = callers.latencies();
        Watch watch =
            Watch.during(
                phase.seconds(run),
                label + "hub, " + phase.text(),
                "commands",
                callers::done,
                nodes.processes(run.postgres()),
                run.console(),
                fleet::check);
        times = callers.latencies();
        CommandPhase.tell(times, run.console());
        phase.add(result::hub, watch.perSecond(), times);
        result.cpu("hub, " + phase.text(), watch.cpu());
        callers.quiet(PATIENCE);
        count = callers.done();
      }
      switch (phase) {
        case ONE_CLIENT, MANY_CLIENTS, ONE_CLIENT_ACROSS, MANY_CLIENTS_ACROSS ->
            CommandChecks.carriedOut(run, fleet.commands(), count);
        case OFFLINE, BULK -> CommandChecks.queued(run, count);
      }
      return CommandPhase.p50Ms(times);
    }
  }
}
