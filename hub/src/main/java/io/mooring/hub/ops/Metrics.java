package io.mooring.hub.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;

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

  /** Batches that had been stored before and were acknowledged again. */
  public final Counter telemetryRepeated =
      counter("mooring_telemetry_repeated_batches", "Batches sent again after they were stored.");

  /** From the first write of a transaction to its commit. */
  public final Histogram commitSeconds =
      Histogram.builder()
          .name("mooring_commit_seconds")
          .help("Time of one transaction of the batch writer.")
          .unit(Unit.SECONDS)
          .classicOnly()
          .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
          .register(registry);

  /** How many writes shared a transaction. */
  public final Histogram commitWrites =
      Histogram.builder()
          .name("mooring_commit_writes")
          .help("Writes in one transaction of the batch writer.")
          .classicOnly()
          .classicUpperBounds(1, 4, 16, 64, 256, 1024, 4096)
          .register(registry);

  /** Transactions tried again, by why. */
  public final Counter commitRetries =
      counter("mooring_commit_retries", "Transactions tried again, by kind of failure.", "kind");

  public Metrics() {
    JvmMetrics.builder().register(registry);
  }

  /** Figures that other parts keep anyway and that are read whenever metrics are asked for. */
  public record Source(
      LongSupplier sessions,
      LongSupplier writerQueueBytes,
      LongSupplier commandsWaiting,
      LongSupplier telemetryReadings,
      LongSupplier telemetryValues) {}

  /** Adds the figures of a running hub. */
  public void watch(Source source) {
    gauge("mooring_sessions", "Device sockets open on this node.", source.sessions());
    gauge(
        "mooring_writer_queue_bytes",
        "Bytes waiting for the database, about.",
        source.writerQueueBytes());
    gauge(
        "mooring_commands_waiting", "Commands queued, sent or received.", source.commandsWaiting());
    count(
        "mooring_telemetry_readings", "Telemetry readings committed.", source.telemetryReadings());
    count("mooring_telemetry_values", "Telemetry values committed.", source.telemetryValues());
  }

  private void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  private void count(String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  /** Writes all metrics in Prometheus' text format. */
  public void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
  }
}
