package io.mooring.hub.web;

/** How much telemetry the hub stores, as the mean of the last ten seconds. Must not block. */
public interface Rates {
  double readingsPerSecond();

  /** Readings times metrics. */
  double valuesPerSecond();
}
