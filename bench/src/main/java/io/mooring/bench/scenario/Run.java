package io.mooring.bench.scenario;

import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Nodes;
import io.mooring.bench.part.Postgres;
import io.mooring.bench.part.Proc;
import io.mooring.bench.part.Server;
import io.mooring.bench.part.Workplace;
import io.mooring.bench.report.Console;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run of one scenario: its options, its folder and where it tells of itself. */
final class Run implements AutoCloseable {
  private final Scenario scenario;
  private final Options options;
  private final Console console;
  private final Workplace place = new Workplace();
  private final Postgres postgres;

  Run(Scenario scenario, Options options, Console console) {
    this.scenario = scenario;
    this.options = options;
    this.console = console;
    warnOfTheDisk();
    try {
      postgres = Postgres.start(place, console::say);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** Flushing to memory costs nothing, so figures from there would be too good. */
  private void warnOfTheDisk() {
    try {
      String type = Files.getFileStore(place.folder()).type();
      if (type.equals("tmpfs") || type.equals("ramfs")) {
        console.say(
            "Warning: %s lies in memory (%s), where fsync is free. Set TMPDIR to a disk."
                .formatted(place.folder(), type));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Workplace place() {
    return place;
  }

  Postgres postgres() {
    return postgres;
  }

  Console console() {
    return console;
  }

  int rounds() {
    return options.rounds() == 0 ? scenario.usualRounds() : options.rounds();
  }

  int seconds() {
    return options.seconds() == 0 ? scenario.usualSeconds() : options.seconds();
  }

  /** Seconds of a phase that needs fewer than the main one. */
  int seconds(double share) {
    return Math.max(1, (int) Math.round(seconds() * share));
  }

  int devices(int usual) {
    return options.devices() == 0 ? usual : options.devices();
  }

  Hub startHub() {
    return startHub(Map.of());
  }

  /** With other settings than the usual ones. */
  Hub startHub(Map<String, String> settings) {
    return Hub.start(place, options.hub(), postgres, settings);
  }

  /** As many hubs as were asked for, on one database. */
  Nodes startNodes(Map<String, String> settings) {
    return Nodes.start(place, options.hub(), postgres, settings, options.nodes());
  }

  Hub startHubAgain(Hub before) {
    return startHubAgain(before, Map.of());
  }

  Hub startHubAgain(Hub before, Map<String, String> settings) {
    return Hub.startAgain(place, options.hub(), postgres, before, settings);
  }

  /** Begins to record where a server's time goes, if that was asked for. */
  void startRecording(Server server) {
    if (options.jfr() != null) {
      server.startRecording();
    }
  }

  /** Ends it, and keeps the record under this name. */
  void dumpRecording(Server server, String name) {
    Path folder = options.jfr();
    if (folder != null) {
      Path file = folder.resolve(scenario.name() + "-" + name + ".jfr");
      server.dumpRecording(file);
      console.say("Recorded " + file);
    }
  }

  /** An empty result; tells about the machine. */
  Result result(int devices, Figure... headline) {
    Map<String, Object> setting = new LinkedHashMap<>();
    setting.put("cores", Runtime.getRuntime().availableProcessors());
    setting.put("memoryGiB", Math.round((double) Proc.memoryBytes() / (1L << 30)));
    setting.put("jdk", Runtime.version().toString());
    setting.put("postgresql", postgres.show("server_version"));
    setting.put("loadAtStart", Proc.load());
    setting.put("nodes", options.nodes());
    setting.put("devices", devices);
    setting.put("seconds", seconds());
    setting.put("rounds", rounds());
    console.say(
        String.format(
            Locale.ROOT,
            "%s: %s cores, %s GiB, JDK %s, PostgreSQL %s; load %s before; %s, %s devices, %s rounds of %s s",
            scenario.name(),
            setting.get("cores"),
            setting.get("memoryGiB"),
            setting.get("jdk"),
            setting.get("postgresql"),
            setting.get("loadAtStart"),
            options.nodes() == 1 ? "1 hub" : options.nodes() + " hubs on one database",
            setting.get("devices"),
            setting.get("rounds"),
            setting.get("seconds")));
    return new Result(scenario.name(), setting, List.of(headline));
  }

  @Override
  public void close() {
    place.close();
  }
}
