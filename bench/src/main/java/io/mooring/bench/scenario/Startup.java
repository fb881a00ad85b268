package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareHttp;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Server;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.util.List;
import java.util.function.BiConsumer;

/** From the call of {@code bin/hub serve} to the first good answer, on a database that exists. */
final class Startup implements Scenario {
  /**
   * Until an idle hub needs no more than it needs: the JVM gives back what its compilers used once
   * every 5 s, and the hub's flags hand that on to the system every 2 s.
   */
  private static final int IDLE = 15;

  private static final Figure READY = Figure.cost("readyMs", "ready after, ms");
  private static final Figure RESIDENT = Figure.cost("residentBytes", "resident when idle, bytes");

  @Override
  public String name() {
    return "startup";
  }

  @Override
  public String about() {
    return "bin/hub serve until it is ready, and its memory; floor: a bare Jetty that answers a GET";
  }

  @Override
  public Result measure(Run run) {
    Result result = run.result(0, READY);
    List<String> flags;
    try (Hub first = run.startHub()) {
      flags = BareServer.flagsOf(first);
      run.console()
          .say("first start, with an empty database: %s ms".formatted(Numbers.of(first.readyMs())));
    }
    for (int round = 1; round <= run.rounds(); round++) {
      try (Hub hub = run.startHub()) {
        look(run, hub, "round " + round + " hub", result::hub);
      }
      try (BareServer bare = BareServer.start(run.place(), BareHttp.class, flags)) {
        look(run, bare, "round " + round + " floor", result::floor);
      }
    }
    return result;
  }

  private static void look(Run run, Server server, String label, BiConsumer<Figure, Double> add) {
    Watch.sleep(Math.min(IDLE, run.seconds()));
    add.accept(READY, server.readyMs());
    add.accept(RESIDENT, (double) server.residentBytes());
    run.console()
        .say(
            "%s: ready after %s ms, resident %s MB"
                .formatted(
                    label, Numbers.of(server.readyMs()), Numbers.of(server.residentBytes() / 1e6)));
  }
}
