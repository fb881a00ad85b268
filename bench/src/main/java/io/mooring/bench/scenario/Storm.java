package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareEndpoint;
import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Load;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Cpu;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Postgres;
import io.mooring.bench.part.Registry;
import io.mooring.bench.part.Server;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** All devices come back at once after the hub was killed under load. */
final class Storm implements Scenario {
  private static final int DEVICES = 15_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer load before the kill proves nothing more. */
  private static final int LOAD = 10;

  private static final Figure RATE =
      Figure.rate("devicesPerSecond", "devices/s until all are back");
  private static final Figure MISSING = Figure.cost("missing", "missing");

  /** Acknowledged batches of each stream that the table does not hold. */
  private static final String LOST =
      """
      SELECT coalesce(sum(p.acked - coalesce(b.stored, 0)), 0)
      FROM unnest(?::bigint[], ?::bigint[]) AS p(stream, acked)
      LEFT JOIN (SELECT t.stream, count(*) AS stored
                 FROM telemetry_batch t
                 JOIN unnest(?::bigint[], ?::bigint[]) AS q(stream, acked)
                   ON q.stream = t.stream AND t.seq <= q.acked
                 GROUP BY t.stream) b ON b.stream = p.stream
      """;

  @Override
  public String name() {
    return "storm";
  }

  @Override
  public String about() {
    return "15 000 devices return after kill -9 under load; floor: handshakes of a bare Jetty";
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, RATE);
    Hub hub = run.startHub();
    List<String> flags = BareServer.flagsOf(hub);
    List<String> tokens = Registry.register(run.postgres(), devices);
    try (Fleet fleet = new Fleet(tokens, new Shape(1, 3), true)) {
      for (int round = 1; round <= run.rounds(); round++) {
        String label = "round " + round + " ";
        fleet.connect(hub.address());
        fleet.awaitOpen(PATIENCE);
        hub = killUnderLoad(run, hub, fleet, label);
        result.hub(RATE, storm(run, result, hub, fleet, label + "hub"));
        int away = fleet.size() - fleet.tally().open();
        if (away == 0) {
          fleet.quiet(PATIENCE);
        } else {
          run.console().say("    %d are not back: %s".formatted(away, fleet.tally().firstLoss()));
        }
        long missing = away + fleet.tally().epochFaults() + lost(run.postgres(), fleet.positions());
        run.console().say("    missing: " + missing);
        result.hub(MISSING, (double) missing);
        fleet.disconnect();
        try (BareServer bare = BareServer.start(run.place(), BareEndpoint.class, flags);
            Fleet below = new Fleet(tokens, new Shape(1, 3), false)) {
          result.floor(RATE, storm(run, result, bare, below, label + "floor"));
        }
      }
    }
    hub.close();
    return result;
  }

  /** Returns the hub that was started in its place. */
  private static Hub killUnderLoad(Run run, Hub hub, Fleet fleet, String label) {
    // Nothing is thrown away between rounds: what was acknowledged in any of them must be there.
    run.postgres().execute("CHECKPOINT");
    fleet.load(new Load.Saturating(1));
    Watch.during(
        Math.min(LOAD, run.seconds()),
        label + "load before the kill",
        "frames",
        fleet.tally()::acked,
        Map.of("hub", hub.pid(), "PostgreSQL", run.postgres().pid()),
        run.console(),
        fleet::check);
    hub.kill();
    if (!fleet.await(PATIENCE, () -> fleet.tally().open() == 0)) {
      throw new IllegalStateException(fleet.tally().open() + " devices did not notice the kill");
    }
    fleet.load(new Load.Idle());
    fleet.tally().forgive();
    Hub next = run.startHubAgain(hub);
    run.console().say("    hub ready again after %s ms".formatted(Numbers.of(next.readyMs())));
    return next;
  }

  private static double storm(Run run, Result result, Server server, Fleet fleet, String label) {
    Cpu cpu =
        new Cpu(
            Map.of(
                server instanceof Hub ? "hub" : "bare",
                server.pid(),
                "PostgreSQL",
                run.postgres().pid()));
    long start = System.nanoTime();
    fleet.connect(server.address());
    fleet.await(PATIENCE, () -> fleet.tally().open() + fleet.tally().lost() >= fleet.size());
    double seconds = (fleet.tally().lastOpenedAt() - start) / 1e9;
    double rate = fleet.tally().open() / seconds;
    run.console()
        .say(
            "%s: %d devices in %s s, %s/s"
                .formatted(label, fleet.tally().open(), Numbers.of(seconds), Numbers.of(rate)));
    Map<String, Double> shares = cpu.shares();
    result.cpu(server instanceof Hub ? "hub" : "floor", shares);
    run.console().say("    CPU: " + Cpu.line(shares));
    return rate;
  }

  private static long lost(Postgres postgres, List<Fleet.Position> positions) {
    Long[] streams = positions.stream().map(Fleet.Position::stream).toArray(Long[]::new);
    Long[] acked = positions.stream().map(Fleet.Position::acked).toArray(Long[]::new);
    return postgres.on(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LOST)) {
            for (int i = 1; i <= 3; i += 2) {
              select.setArray(i, connection.createArrayOf("bigint", streams));
              select.setArray(i + 1, connection.createArrayOf("bigint", acked));
            }
            try (ResultSet row = select.executeQuery()) {
              row.next();
              return row.getLong(1);
            }
          }
        });
  }
}
