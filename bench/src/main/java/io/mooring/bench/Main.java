package io.mooring.bench;

import io.mooring.bench.part.Nodes;
import io.mooring.bench.part.Workplace;
import io.mooring.bench.report.Console;
import io.mooring.bench.report.Result;
import io.mooring.bench.scenario.Options;
import io.mooring.bench.scenario.Scenarios;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bin/bench}: measures one scenario beside its floor. */
@Command(
    name = "bench",
    description = {
      "Measures the hub, and beside it in the same run the floor: the least that this machine needs",
      "for the bare work. Starts its own PostgreSQL and its own hub, and removes both."
    })
public final class Main implements Callable<Integer> {
  private static final int MOST_DEVICES = 19_500;
  private static final int MOST_SECONDS = 86_400;
  private static final int MOST_ROUNDS = 1_000;
  private static final int MOST_NODES = 2;
  private static final long LEAST_ROOM = 4L << 30;

  /** As the shell says of what Ctrl-C ended. */
  private static final int STOPPED = 130;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "SCENARIO", description = "One of those below.")
  private String scenario = "";

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of a round's main phase; by default 30, of soak 600.")
  private @Nullable Integer seconds;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of hub and floor in turns; by default 3, of soak 1.")
  private @Nullable Integer rounds;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "Another number of devices than the scenario usually has.")
  private int devices;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description =
          "2: two hubs on one database, which hear of each other by NATS; ingest and commands.")
  private int nodes = 1;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there too.")
  private @Nullable Path json;

  @Option(
      names = "--jfr",
      paramLabel = "DIR",
      description =
          "Records where the hub's time goes (JDK Flight Recorder); ingest scenarios and chart.")
  private @Nullable Path jfr;

  private Main() {}

  /**
   * Runs the command line. The property {@code bench.root} names the repository, {@code
   * bench.terminal} says whether standard output is one.
   */
  public static void main(String... arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine line = new CommandLine(new Main());
    StringBuilder list = new StringBuilder("%nScenarios:%n");
    Scenarios.lines().forEach((name, about) -> list.append("  %-14s%s%%n".formatted(name, about)));
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this text.")
                .build());
    line.getCommandSpec().usageMessage().footer(list.toString()).width(110);
    line.setExecutionExceptionHandler((failure, _, _) -> failed(failure));
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    if (!Scenarios.has(scenario)) {
      throw wrong("there is no scenario '" + scenario + "'");
    }
    if ((seconds != null && seconds < 1) || (rounds != null && rounds < 1) || devices < 0) {
      throw wrong("--seconds and --rounds are at least 1, --devices is not negative");
    }
    if (devices > MOST_DEVICES) {
      throw wrong(
          "--devices is at most %d: one process opens a socket for each".formatted(MOST_DEVICES));
    }
    if ((seconds != null && seconds > MOST_SECONDS) || (rounds != null && rounds > MOST_ROUNDS)) {
      throw wrong(
          "--seconds is at most %d, --rounds at most %d".formatted(MOST_SECONDS, MOST_ROUNDS));
    }
    requireNodes();
    requireRoom();
    requireOutputs();
    Path hub = Path.of(System.getProperty("bench.root", "."), "bin", "hub").toAbsolutePath();
    boolean terminal = Boolean.getBoolean("bench.terminal");
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Result result =
        Scenarios.measure(
            scenario,
            new Options(hub, given(seconds), given(rounds), devices, nodes, jfr),
            new Console(out, terminal));
    out.println();
    out.print(result.table());
    out.flush();
    if (json != null) {
      result.write(json);
    }
    return 0;
  }

  private void requireNodes() {
    if (nodes < 1 || nodes > MOST_NODES) {
      throw wrong("--nodes is 1 or " + MOST_NODES);
    }
    if (nodes > 1 && !Scenarios.withNodes().contains(scenario)) {
      throw wrong(
          "%s is measured with one hub only; --nodes %d is for %s"
              .formatted(scenario, nodes, String.join(" and ", Scenarios.withNodes())));
    }
    if (nodes > 1 && !Nodes.canBeSeveral()) {
      throw wrong(
          "--nodes %d needs nats-server, which is neither on the PATH nor in /usr/sbin; Debian and"
                  .formatted(nodes)
              + " Ubuntu: sudo apt-get install nats-server; others: https://nats.io/download");
    }
  }

  /** The write-ahead log alone takes about 2 GB in the longer scenarios. */
  private void requireRoom() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    String cure = "set TMPDIR to one on a real disk";
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw wrong("nothing can be written to the folder %s: %s".formatted(folder, cure));
    }
    long free = folder.toFile().getUsableSpace();
    if (free < LEAST_ROOM) {
      throw wrong(
          "the folder %s has %d MB free, of %d that are needed: %s"
              .formatted(folder, free >> 20, LEAST_ROOM >> 20, cure));
    }
  }

  /** Before minutes are spent on figures that could not be written. */
  private void requireOutputs() {
    try {
      if (jfr != null) {
        Files.createDirectories(jfr);
      }
      if (json != null) {
        Files.newOutputStream(json, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
      }
    } catch (IOException e) {
      throw wrong("cannot write what --json or --jfr names: " + e);
    }
  }

  /** What ends a run is told in a line where a person stopped it; else it is a fault of ours. */
  private static int failed(Exception failure) {
    if (Workplace.isCleared()) {
      System.err.println("bench: stopped; all that it had started is removed");
      return STOPPED;
    }
    failure.printStackTrace();
    return 1;
  }

  private static int given(@Nullable Integer option) {
    return option == null ? 0 : option;
  }

  private ParameterException wrong(String what) {
    if (spec == null) {
      throw new IllegalStateException("not parsed");
    }
    return new ParameterException(spec.commandLine(), what);
  }
}
