package io.mooring.hub.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** What becomes of tokens and keys. Safe for all threads. */
public final class CredentialMetrics {
  /**
   * Next tokens: handed over in sessions, stored by devices, proven by a session opened with one.
   */
  public final Counter nextTokens;

  /** Requests to enrol, by what came of them. */
  public final Counter enrolments;

  /** Requests whose key or session cookie was worth nothing, or was not looked at any more. */
  public final Counter refused;

  CredentialMetrics(PrometheusRegistry registry) {
    nextTokens =
        Counter.builder()
            .name("mooring_next_tokens")
            .help("Next tokens of devices, by step.")
            .labelNames("step")
            .register(registry);
    enrolments =
        Counter.builder()
            .name("mooring_enrolments")
            .help("Requests to enrol a device, by outcome.")
            .labelNames("outcome")
            .register(registry);
    refused =
        Counter.builder()
            .name("mooring_credentials_refused")
            .help("API keys, enrolment keys and session cookies refused, by reason.")
            .labelNames("reason")
            .register(registry);
    List.of("handed-over", "stored", "proven").forEach(nextTokens::initLabelValues);
    enrolments.initLabelValues("enrolled");
    List.of("too-many", "session-ended", "unknown", "revoked", "expired")
        .forEach(refused::initLabelValues);
  }
}
