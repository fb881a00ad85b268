package io.mooring.bench.scenario;

import io.mooring.bench.report.Console;
import io.mooring.bench.report.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All scenarios by name. */
public final class Scenarios {
  private static final List<Scenario> ALL =
      List.of(
          new Ingest(),
          new IngestSmall(),
          new Connections(),
          new Storm(),
          new StormDrain(),
          new Commands(),
          new Drain(),
          new Startup(),
          new Chart(),
          new Scale(),
          new Soak());

  private Scenarios() {}

  /** One line for each name. */
  public static Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    ALL.forEach(scenario -> lines.put(scenario.name(), scenario.about()));
    return lines;
  }

  /** Whether there is one of this name. */
  public static boolean has(String name) {
    return ALL.stream().anyMatch(scenario -> scenario.name().equals(name));
  }

  /** The names of those that can be measured with several hubs on the database, too. */
  public static List<String> withNodes() {
    return ALL.stream().filter(Scenario::takesNodes).map(Scenario::name).toList();
  }

  /** Runs one; fails when its load broke off or something acknowledged is missing. */
  public static Result measure(String name, Options options, Console console) {
    Scenario scenario =
        ALL.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    try (Run run = new Run(scenario, options, console)) {
      return scenario.measure(run);
    }
  }
}
