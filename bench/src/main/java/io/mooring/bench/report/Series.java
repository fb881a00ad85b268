package io.mooring.bench.report;

import java.util.ArrayList;
import java.util.List;

/** One figure over the rounds. */
final class Series {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  List<Double> values() {
    return List.copyOf(values);
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double lowest() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  double highest() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
