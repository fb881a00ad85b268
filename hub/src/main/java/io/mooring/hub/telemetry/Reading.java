package io.mooring.hub.telemetry;

import io.mooring.hub.wire.ValueType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value of one metric.
 *
 * @param value Double, Long, Boolean, String or byte[], as the metric's type says
 */
public record Reading(Instant time, Object value) {

  /** The newest value of a metric. */
  public record Latest(
      String metric, ValueType type, Instant time, Instant receivedAt, Object value) {}

  /**
   * A page of readings.
   *
   * @param next cursor of the next page; null on the last
   */
  public record Page(List<Reading> readings, @Nullable String next) {}
}
