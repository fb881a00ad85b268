package io.mooring.hub.config;

import java.time.Duration;

/**
 * How webhooks may behave. Deliveries under way are bounded by {@code most} times {@code inFlight}.
 *
 * @param most most webhooks; beyond it the API answers 409
 * @param inFlight most deliveries of one webhook under way at a time
 * @param queue most deliveries of one webhook that wait; beyond it events wait in their own table
 * @param allowPrivate addresses that are not public and may be called all the same, also by http
 * @param retentionDays how many days ended deliveries are kept
 * @param disableAfter how long an endpoint may fail before its webhook is disabled
 */
public record WebhookConfig(
    int most,
    int inFlight,
    int queue,
    Networks allowPrivate,
    int retentionDays,
    Duration disableAfter) {
  /** What the hub uses where nothing else is set. */
  public static final WebhookConfig DEFAULTS =
      new WebhookConfig(20, 4, 1_000, Networks.NONE, 7, Duration.ofDays(3));
}
