package io.mooring.hub.telemetry;

import io.mooring.hub.wire.Inbound;
import io.mooring.hub.wire.ValueType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Names and types of a batch's columns, shared by all devices that declare the same.
 *
 * @param id key in the table {@code layout}
 * @param columnsByType how many metrics of each type there are
 */
public record Layout(int id, List<Inbound.Metric> metrics, Map<ValueType, Integer> columnsByType) {

  static Layout of(int id, List<Inbound.Metric> metrics) {
    Map<ValueType, Integer> columns = new EnumMap<>(ValueType.class);
    metrics.forEach(metric -> columns.merge(metric.type(), 1, Integer::sum));
    return new Layout(id, List.copyOf(metrics), Collections.unmodifiableMap(columns));
  }

  /** How many metrics of a type there are. */
  public int columns(ValueType type) {
    return columnsByType.getOrDefault(type, 0);
  }

  /** Which of the metrics of its own type a metric is, from 0. */
  public int slot(int metric) {
    ValueType type = metrics.get(metric).type();
    return (int) metrics.subList(0, metric).stream().filter(m -> m.type() == type).count();
  }
}
