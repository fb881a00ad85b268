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
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Every metric of the hub by name; docs/OPERATIONS.md explains each, held by a test. No metric has
 * a label per device: a fleet would make it unbounded.
 */
public final class Metrics {
  /** Media type of {@link #write}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** Why handshakes are refused, so that each is there before its first time. */
  private static final List<String> REFUSALS =
      List.of(
          "elsewhere",
          "web-page",
          "no-upgrade",
          "malformed",
          "stopping",
          "full",
          "address-full",
          "device-full",
          "too-many",
          "wrong-tokens",
          "unavailable",
          "failed",
          "no-token",
          "unknown",
          "wrong-secret",
          "revoked",
          "not-yet-valid",
          "expired",
          "device-disabled");

  private final PrometheusRegistry registry = new PrometheusRegistry();

  /** Sessions opened since the start. */
  public final Counter sessionsOpened =
      counter("mooring_sessions_opened", "Device sessions opened.");

  /** Devices that were found to come and go, or two to share a token. */
  public final Counter returns =
      counter(
          "mooring_devices_unsteady",
          "Devices found to come and go (flapping), or to share a token (contested).",
          "kind");

  /** Sessions ended, by the name of their close code. */
  public final Counter sessionsClosed =
      counter("mooring_sessions_closed", "Device sessions ended, by close reason.", "reason");

  /** Readings that no hub will ever have. */
  public final Counter droppedReadings =
      counter(
          "mooring_device_dropped_readings",
          "Readings that devices had to drop, as they said when they connected.");

  /** Handshakes refused before a session opened. */
  public final Counter handshakesRefused =
      counter("mooring_handshakes_refused", "Device handshakes refused, by reason.", "reason");

  /** Handshakes whose token was looked at. */
  public final Counter handshakesAdmitted =
      counter("mooring_handshakes_admitted", "Device handshakes whose token was looked at.");

  /** Connections closed before their peers had shown a credential. */
  public final Counter strangersCut =
      counter(
          "mooring_unauthenticated_sockets_closed",
          "TCP connections closed before they had shown a credential, by reason.",
          "reason");

  /** How often a socket was not read for a while, as its device sent too much. */
  public final Counter rateHolds =
      counter(
          "mooring_rate_holds",
          "How often a device socket was not read for a while as its device sent too much.");

  public final Counter eventStreamsRefused =
      counter("mooring_event_streams_refused", "Event streams refused, by who had most.", "who");

  private final Counter signIns =
      counter("mooring_sign_ins", "Sign-ins of users, by outcome.", "outcome");

  /** How the sign-in of a user ended. */
  public enum SignIn {
    OPENED,
    WRONG,
    THROTTLED,
    DISABLED,
    EXPIRED;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of batches of readings. */
  public final TelemetryMetrics telemetry = new TelemetryMetrics(registry);

  /** What becomes of tokens and keys. */
  public final CredentialMetrics credentials = new CredentialMetrics(registry);

  /** What becomes of jobs. */
  public final JobMetrics jobs = new JobMetrics(registry);

  /** What becomes of webhooks. */
  public final WebhookMetrics webhooks = new WebhookMetrics(registry);

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
    REFUSALS.forEach(handshakesRefused::initLabelValues);
    List.of("caller", "all").forEach(eventStreamsRefused::initLabelValues);
    List.of("full", "address-full", "slow").forEach(strangersCut::initLabelValues);
    for (SignIn outcome : SignIn.values()) {
      signIns.initLabelValues(outcome.label());
    }
  }

  /** Counts a sign-in. */
  public void count(SignIn outcome) {
    signIns.labelValues(outcome.label()).inc();
  }

  /** Figures that other parts keep anyway and that are read whenever metrics are asked for. */
  public record Source(
      LongSupplier sessions,
      LongSupplier commandsWaiting,
      LongSupplier telemetryReadings,
      LongSupplier telemetryValues,
      LongSupplier mergedRows,
      LongSupplier databaseBytes,
      BooleanSupplier databaseAway,
      BooleanSupplier natsAway,
      Queue queue) {
    /** The figures of nothing: all are zero. */
    public static final Source NONE =
        new Source(
            () -> 0,
            () -> 0,
            () -> 0,
            () -> 0,
            () -> 0,
            () -> 0,
            () -> false,
            () -> false,
            new Queue(() -> 0, () -> 0, 0, () -> 0, () -> 0));
  }

  /**
   * Of what waits for the database.
   *
   * @param limitBytes above which sockets are no longer read
   * @param held sockets that are not read now
   * @param holds how often one was not read any more
   */
  public record Queue(
      LongSupplier writes,
      LongSupplier bytes,
      long limitBytes,
      LongSupplier held,
      LongSupplier holds) {}

  /** Adds the figures of a running hub. */
  public void watch(Source source) {
    gauge("mooring_sessions", "Device sockets open on this node.", source.sessions());
    gauge(
        "mooring_commands_waiting", "Commands queued, sent or received.", source.commandsWaiting());
    count(
        "mooring_telemetry_stored_readings",
        "Telemetry readings committed.",
        source.telemetryReadings());
    count(
        "mooring_telemetry_stored_values", "Telemetry values committed.", source.telemetryValues());
    count(
        "mooring_telemetry_merged_rows",
        "Small rows that were merged into long ones.",
        source.mergedRows());
    gauge("mooring_database_bytes", "Size of the database, by the minute.", source.databaseBytes());
    gauge(
        "mooring_database_up",
        "Whether the database answers: 1, or 0.",
        () -> source.databaseAway().getAsBoolean() ? 0 : 1);
    gauge(
        "mooring_nats_up",
        "1 while other hubs are heard of by NATS, or there are none; 0 while they are not.",
        () -> source.natsAway().getAsBoolean() ? 0 : 1);
    watch(source.queue());
  }

  /** Adds how many TCP connections there are that have shown no credential. */
  public void watchStrangers(LongSupplier count) {
    gauge(
        "mooring_unauthenticated_sockets", "TCP connections that have shown no credential.", count);
  }

  /**
   * Adds those of a hub that speaks TLS.
   *
   * @param expiresAt of its certificate, seconds since 1970
   * @param broken whether newer files lie there that cannot be used
   */
  public void watchCertificate(LongSupplier expiresAt, BooleanSupplier broken) {
    gauge(
        "mooring_tls_certificate_expiry_timestamp_seconds",
        "When the certificate in use ceases to be valid, seconds since 1970.",
        expiresAt);
    gauge(
        "mooring_tls_files_broken",
        "Whether newer files for TLS cannot be used: 1, or 0.",
        () -> broken.getAsBoolean() ? 1 : 0);
  }

  private void watch(Queue queue) {
    gauge("mooring_writer_queue_writes", "Writes waiting for the database.", queue.writes());
    gauge("mooring_writer_queue_bytes", "Bytes waiting for the database, about.", queue.bytes());
    gauge(
        "mooring_writer_queue_limit_bytes",
        "Bytes waiting above which sockets are no longer read.",
        queue::limitBytes);
    gauge(
        "mooring_sessions_held",
        "Device sockets not read now because the queue is full.",
        queue.held());
    count(
        "mooring_session_holds",
        "How often a device socket was no longer read because the queue was full.",
        queue.holds());
  }

  private void gauge(String name, String help, LongSupplier value) {
    gauge(registry, name, help, value);
  }

  static void gauge(PrometheusRegistry registry, String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  private void count(String name, String help, LongSupplier value) {
    count(registry, name, help, value);
  }

  static void count(PrometheusRegistry registry, String name, String help, LongSupplier value) {
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
