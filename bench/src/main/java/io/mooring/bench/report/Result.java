package io.mooring.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;

/** All figures of one scenario. */
public final class Result {
  private static final int LEAST_WIDTH = 34;

  private final String scenario;
  private final Map<String, Object> setting;
  private final List<Figure> headline;
  private final Map<Figure, Series> hub = new LinkedHashMap<>();
  private final Map<Figure, Series> floor = new LinkedHashMap<>();
  private final Map<String, List<Map<String, Double>>> cpu = new LinkedHashMap<>();
  private String note = "";

  /**
   * Begins.
   *
   * @param setting what the figures hold for: machine, devices, seconds
   * @param headline whose ratio is the scenario's; of several, the worst one
   */
  public Result(String scenario, Map<String, Object> setting, List<Figure> headline) {
    this.scenario = scenario;
    this.setting = setting;
    this.headline = headline;
  }

  /** A round's figure of the hub. */
  public void hub(Figure figure, double value) {
    hub.computeIfAbsent(figure, f -> new Series()).add(value);
  }

  /** A round's figure of the floor. */
  public void floor(Figure figure, double value) {
    floor.computeIfAbsent(figure, f -> new Series()).add(value);
  }

  /** How the CPUs were shared in one phase of a round, in percent. */
  public void cpu(String phase, Map<String, Double> shares) {
    cpu.computeIfAbsent(phase, p -> new ArrayList<>()).add(shares);
  }

  /** What readers of the table should know; whole lines. */
  public void note(String lines) {
    note = lines;
  }

  /** The median of the hub's figure. */
  double median(Figure figure) {
    return Objects.requireNonNull(hub.get(figure), "not measured").median();
  }

  /** How near the hub is to its floor; 1 is the floor. Empty: the scenario has none. */
  OptionalDouble ratio() {
    return floor.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            headline.stream()
                .map(this::ratio)
                .mapToDouble(OptionalDouble::orElseThrow)
                .min()
                .orElseThrow());
  }

  private OptionalDouble ratio(Figure figure) {
    Series above = hub.get(figure);
    Series below = floor.get(figure);
    if (above == null || below == null) {
      return OptionalDouble.empty();
    }
    Series ratios = new Series();
    for (int i = 0; i < Math.min(above.values().size(), below.values().size()); i++) {
      ratios.add(figure.ratio(above.values().get(i), below.values().get(i)));
    }
    return OptionalDouble.of(ratios.median());
  }

  /** A table for people. */
  public String table() {
    int width =
        hub.keySet().stream()
            .mapToInt(figure -> figure.text().length())
            .reduce(LEAST_WIDTH, Math::max);
    String row = "%-" + width + "s  %-30s  %-30s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, row, scenario, "hub  (lowest .. highest)", "floor", "ratio"));
    for (Figure figure : hub.keySet()) {
      OptionalDouble ratio = ratio(figure);
      text.append(
          String.format(
              Locale.ROOT,
              row,
              figure.text(),
              cell(hub.get(figure)),
              cell(floor.get(figure)),
              ratio.isPresent() ? Numbers.of(ratio.getAsDouble()) : ""));
    }
    ratio()
        .ifPresent(
            ratio ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "Ratio of %s: %s (1 is the floor, higher is better)%n",
                        scenario,
                        Numbers.of(ratio))));
    return text.append(note.isEmpty() ? "" : "\n" + note).toString();
  }

  private static String cell(@org.jspecify.annotations.Nullable Series series) {
    if (series == null) {
      return "";
    }
    String median = Numbers.of(series.median());
    return series.values().size() == 1
        ? median
        : "%s  (%s .. %s)"
            .formatted(median, Numbers.of(series.lowest()), Numbers.of(series.highest()));
  }

  /** The same for programs: medians first, then every round. */
  public Map<String, Object> json() {
    Map<String, Object> ratios = new LinkedHashMap<>();
    for (Figure figure : hub.keySet()) {
      ratio(figure).ifPresent(ratio -> ratios.put(figure.key(), ratio));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("scenario", scenario);
    json.put("hub", medians(hub));
    json.put("floor", medians(floor));
    ratio().ifPresent(ratio -> json.put("ratio", ratio));
    json.put("ratios", ratios);
    json.put("rounds", Map.of("hub", rounds(hub), "floor", rounds(floor)));
    json.put("cpuPercent", cpu);
    json.put("setting", setting);
    return json;
  }

  private static Map<String, Double> medians(Map<Figure, Series> side) {
    Map<String, Double> medians = new LinkedHashMap<>();
    side.forEach((figure, series) -> medians.put(figure.key(), series.median()));
    return medians;
  }

  private static Map<String, List<Double>> rounds(Map<Figure, Series> side) {
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    side.forEach((figure, series) -> rounds.put(figure.key(), series.values()));
    return rounds;
  }

  /** Writes {@link #json} to a file. */
  public void write(Path file) {
    JsonMapper.builder()
        .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(file, json());
  }
}
