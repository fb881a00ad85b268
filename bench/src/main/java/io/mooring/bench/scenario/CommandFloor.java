package io.mooring.bench.scenario;

import io.mooring.bench.floor.BareCommands;
import io.mooring.bench.floor.EchoLink;
import io.mooring.bench.part.BareServer;
import io.mooring.bench.report.Result;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The least that commands need: bare statements, each committed, and an echo between two. */
final class CommandFloor {
  private final Run run;
  private final BareServer bare;
  private final int devices;
  private final boolean nodes;
  private final Result result;

  /**
   * Sets it up.
   *
   * @param devices that rows of commands name
   * @param nodes whether there are figures of crossing from node to node; they have the same floor
   */
  CommandFloor(Run run, BareServer bare, int devices, boolean nodes, Result result) {
    this.run = run;
    this.bare = bare;
    this.devices = devices;
    this.nodes = nodes;
    this.result = result;
  }

  void measure(String label) {
    phase(CommandPhase.ONE_CLIENT, label, 1);
    phase(CommandPhase.MANY_CLIENTS, label, Commands.CLIENTS);
    phase(CommandPhase.OFFLINE, label, Commands.CLIENTS);
    phase(CommandPhase.BULK, label, 1);
    run.postgres().execute(BareCommands.DROP);
  }

  private void phase(CommandPhase phase, String label, int clients) {
    run.postgres().execute(BareCommands.DROP, BareCommands.CREATE, "CHECKPOINT");
    AtomicLong done = new AtomicLong();
    Recorder times = new Recorder(3);
    // A second before the clock starts, as for the hub; and one more than is watched.
    long end = System.nanoTime() + (phase.seconds(run) + 2L) * 1_000_000_000L;
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int client = 1; client <= clients; client++) {
      int device = client;
      running.add(
          CompletableFuture.runAsync(
              () -> client(phase, device, end, done, times),
              task -> Thread.ofPlatform().name("bare-client").start(task)));
    }
    Watch.sleep(1);
    Histogram _ = times.getIntervalHistogram();
    Watch watch =
        Watch.during(
            phase.seconds(run),
            label + "floor, " + phase.text(),
            "commands",
            done::get,
            Map.of("bare", bare.pid(), "PostgreSQL", run.postgres().pid()),
            run.console(),
            () ->
                running.stream()
                    .filter(CompletableFuture::isDone)
                    .forEach(CompletableFuture::join));
    Histogram taken = times.getIntervalHistogram();
    CommandPhase.tell(taken, run.console());
    phase.add(result::floor, watch.perSecond(), taken);
    if (nodes && phase == CommandPhase.ONE_CLIENT) {
      CommandPhase.ONE_CLIENT_ACROSS.add(result::floor, watch.perSecond(), taken);
    } else if (nodes && phase == CommandPhase.MANY_CLIENTS) {
      CommandPhase.MANY_CLIENTS_ACROSS.add(result::floor, watch.perSecond(), taken);
    }
    result.cpu("floor, " + phase.text(), watch.cpu());
    running.forEach(CompletableFuture::join);
  }

  private void client(CommandPhase phase, int device, long end, AtomicLong done, Recorder times) {
    Object _ =
        run.postgres()
            .on(
                connection -> {
                  try (BareCommands commands = new BareCommands(connection);
                      EchoLink link = new EchoLink(bare.address())) {
                    for (long now = System.nanoTime(); now < end; ) {
                      done.addAndGet(once(phase, device, commands, link));
                      long then = now;
                      now = System.nanoTime();
                      times.recordValue(now - then);
                    }
                    return true;
                  } catch (IOException e) {
                    throw new SQLException(e);
                  }
                });
  }

  /** Returns how many commands that were. */
  private int once(CommandPhase phase, int device, BareCommands commands, EchoLink link)
      throws SQLException, IOException {
    switch (phase) {
      case ONE_CLIENT, MANY_CLIENTS, ONE_CLIENT_ACROSS, MANY_CLIENTS_ACROSS -> {
        UUID id = commands.accept(device);
        link.roundTrip();
        commands.end(id);
      }
      case OFFLINE -> {
        UUID _ = commands.accept(device);
      }
      case BULK -> {
        commands.acceptMany(Commands.BULK, devices);
        return Commands.BULK;
      }
    }
    return 1;
  }
}
