package io.mooring.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Samples of one size over time: whether it grows. */
public final class Trend {
  /** Less than this part of the beginning is noise. */
  private static final double NOISE = 0.05;

  private final List<Double> minutes = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();

  /** Adds a sample; later ones come later. */
  public void add(double minute, double value) {
    minutes.add(minute);
    values.add(value);
  }

  /** The median of the first third. */
  public double beginning() {
    return median(values.subList(0, third()));
  }

  /** The median of the last third. */
  public double end() {
    return median(values.subList(values.size() - third(), values.size()));
  }

  /** From the one to the other. */
  public double growth() {
    return end() - beginning();
  }

  private int third() {
    return Math.max(1, values.size() / 3);
  }

  private static double median(List<Double> values) {
    Series series = new Series();
    values.forEach(series::add);
    return series.median();
  }

  /** The slope of the straight line that fits best (least squares); 0 for a single sample. */
  public double perMinute() {
    double meanMinute = mean(minutes);
    double meanValue = mean(values);
    double product = 0;
    double square = 0;
    for (int i = 0; i < values.size(); i++) {
      double away = minutes.get(i) - meanMinute;
      product += away * (values.get(i) - meanValue);
      square += away * away;
    }
    return square == 0 ? 0 : product / square;
  }

  private static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  /** The samples in millions and what is to be thought of them. */
  public String line() {
    return "%s; %s (last third %s M over the first, slope %s M/min)"
        .formatted(
            values.stream().map(one -> Numbers.of(one / 1e6)).collect(Collectors.joining("  ")),
            growth() > NOISE * beginning() && perMinute() > 0 ? "grows" : "does not grow",
            Numbers.of(growth() / 1e6),
            Numbers.of(perMinute() / 1e6));
  }
}
