package io.mooring.hub.web;

import io.mooring.hub.config.Networks;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.event.EventFeed;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.webhook.Webhooks;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Webhooks of a {@link TestHub}: three at the most, which may call this machine. */
final class TestWebhooks {
  private static final WebhookConfig CONFIG =
      new WebhookConfig(3, 4, 10, Networks.parse("127.0.0.0/8"), 7, Duration.ofDays(3));

  private TestWebhooks() {}

  static Webhooks start(Database database, EventFeed feed, InstantSource clock, Metrics metrics) {
    return new Webhooks(
            database,
            new EventStore("test"),
            feed,
            EventJson::text,
            CONFIG,
            clock,
            new SecureRandom(),
            metrics.webhooks)
        .start();
  }
}
