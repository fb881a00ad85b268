package io.mooring.hub.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.DoubleSupplier;

/**
 * Every metric of the hub by name; docs/OPERATIONS.md explains each, held by a test. No metric has
 * a label per device: a fleet would make it unbounded.
 */
public final class Metrics {
  /** Media type of {@link #write}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  /** Sessions opened since the start. */
  public final Counter sessionsOpened =
      counter("mooring_sessions_opened", "Device sessions opened.");

  /** Sessions ended, by the name of their close code. */
  public final Counter sessionsClosed =
      counter("mooring_sessions_closed", "Device sessions ended, by close reason.", "reason");

  /** Handshakes refused before a session opened. */
  public final Counter handshakesRefused =
      counter("mooring_handshakes_refused", "Device handshakes refused, by reason.", "reason");

  public final Counter telemetryBatches =
      counter("mooring_telemetry_batches", "Telemetry batches committed.");

  public final Counter telemetryValues =
      counter("mooring_telemetry_values", "Telemetry values committed.");

  /** Batches that had been stored before and were acknowledged again. */
  public final Counter telemetryRepeated =
      counter("mooring_telemetry_repeated_batches", "Batches sent again after they were stored.");

  /** Commands by the state they entered. */
  public final Counter commandTransitions =
      counter("mooring_command_transitions", "Command state changes, by new state.", "state");

  public final Counter httpRequests =
      counter("mooring_http_requests", "API requests answered, by status class.", "status");

  /** From the first write of a transaction to its commit. */
  public final Histogram commitSeconds =
      Histogram.builder()
          .name("mooring_commit_seconds")
          .help("Time of one transaction of the batch writer.")
          .unit(Unit.SECONDS)
          .classicOnly()
          .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
          .register(registry);

  public final Gauge sessions = gauge("mooring_sessions", "Device sessions open on this node.");

  public Metrics() {
    JvmMetrics.builder().register(registry);
  }

  /** Adds a gauge that is read whenever metrics are asked for. */
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }

  /** Writes all metrics in Prometheus' text format. */
  public void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
  }
}
