package io.mooring.hub.config;

import static io.mooring.hub.config.WebhookConfig.DEFAULTS;

import java.time.Duration;
import java.util.List;

/** The settings of {@link WebhookConfig}. */
final class WebhookSettings {
  private static final Setting<Networks> ALLOW_PRIVATE =
      Kinds.networks(
          "webhooks.allow-private",
          "Addresses and networks that are not public and that webhooks may call all the same, also"
              + " by plain http.");
  private static final Setting<Integer> RETENTION_DAYS =
      Kinds.count(
          "webhooks.retention-days",
          DEFAULTS.retentionDays(),
          1,
          36500,
          "days",
          "How long ended deliveries of webhooks, dead letters among them, are kept.");
  private static final Setting<Duration> DISABLE_AFTER =
      Kinds.span(
          "webhooks.disable-after",
          "72h",
          "1h",
          "8760h",
          "How long an endpoint may fail before its webhook is disabled.");
  private static final Setting<Integer> MOST =
      Kinds.count(
          "limits.webhooks",
          DEFAULTS.most(),
          1,
          1_000,
          "webhooks",
          "Most webhooks; beyond it the API answers 409.");
  private static final Setting<Integer> IN_FLIGHT =
      Kinds.count(
          "limits.webhook-in-flight",
          DEFAULTS.inFlight(),
          1,
          100,
          "deliveries",
          "Most deliveries of one webhook under way at a time.");
  private static final Setting<Integer> QUEUE =
      Kinds.count(
          "limits.webhook-queue",
          DEFAULTS.queue(),
          10,
          100_000,
          "deliveries",
          "Most deliveries of one webhook that wait; beyond it later events wait in their own"
              + " table.");

  private WebhookSettings() {}

  static List<Setting<?>> table() {
    return List.of(ALLOW_PRIVATE, RETENTION_DAYS, DISABLE_AFTER, MOST, IN_FLIGHT, QUEUE);
  }

  static WebhookConfig make(ListenSettings.Values values) {
    Networks allowed = values.find(ALLOW_PRIVATE);
    return new WebhookConfig(
        values.get(MOST),
        values.get(IN_FLIGHT),
        values.get(QUEUE),
        allowed == null ? Networks.NONE : allowed,
        values.get(RETENTION_DAYS),
        values.get(DISABLE_AFTER));
  }
}
