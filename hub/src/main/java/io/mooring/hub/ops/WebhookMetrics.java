package io.mooring.hub.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** How webhooks get on, all together: none has a label of its own. Safe for all threads. */
public final class WebhookMetrics {
  /**
   * How it is now.
   *
   * @param heldBack webhooks with a full queue, for which events wait in their own table
   * @param waiting deliveries that have not ended
   */
  public record Figures(int working, int failing, int disabled, int heldBack, long waiting) {}

  private final Counter attempts;
  private final Counter deadLetters;
  private volatile Figures figures = new Figures(0, 0, 0, 0, 0);

  WebhookMetrics(PrometheusRegistry registry) {
    attempts =
        Counter.builder()
            .name("mooring_webhook_attempts")
            .help("Attempts to deliver an event to an endpoint, by outcome.")
            .labelNames("outcome")
            .register(registry);
    deadLetters =
        Counter.builder()
            .name("mooring_webhook_dead_letters")
            .help("Deliveries of webhooks that were given up.")
            .register(registry);
    attempts.initLabelValues("succeeded");
    attempts.initLabelValues("failed");
    GaugeWithCallback.builder()
        .name("mooring_webhooks")
        .help("Webhooks by state.")
        .labelNames("state")
        .callback(
            callback -> {
              callback.call(figures.working(), "working");
              callback.call(figures.failing(), "failing");
              callback.call(figures.disabled(), "disabled");
            })
        .register(registry);
    Metrics.gauge(
        registry,
        "mooring_webhooks_held_back",
        "Webhooks whose queue is full, so that events wait in their own table.",
        () -> figures.heldBack());
    Metrics.gauge(
        registry,
        "mooring_webhook_deliveries_waiting",
        "Deliveries of webhooks that have not ended.",
        () -> figures.waiting());
  }

  /** Counts an attempt. */
  public void attempted(boolean succeeded, boolean givenUp) {
    attempts.labelValues(succeeded ? "succeeded" : "failed").inc();
    if (givenUp) {
      deadLetters.inc();
    }
  }

  /** Sets how it is. */
  public void now(Figures now) {
    figures = now;
  }
}
