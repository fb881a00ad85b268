package io.mooring.hub.webhook;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.secret.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages of type {@code test}, a few at a time. */
final class EndpointTests {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointTests.class);

  /** Most under way at a time. */
  static final int MOST = 4;

  private final WebhookClient client;
  private final DeliveryStore deliveries;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Runnable changed;
  private final Semaphore room = new Semaphore(MOST);

  /**
   * @param changed what waits is due earlier
   */
  EndpointTests(
      WebhookClient client,
      DeliveryStore deliveries,
      InstantSource clock,
      RandomGenerator random,
      Runnable changed) {
    this.client = client;
    this.deliveries = deliveries;
    this.clock = clock;
    this.random = random;
    this.changed = changed;
  }

  CompletableFuture<Delivery.Answer> test(Webhook webhook, Actor by) {
    if (!room.tryAcquire()) {
      throw new Webhooks.Busy();
    }
    try {
      Instant now = clock.instant();
      deliveries.noteTest(webhook.id(), by, now);
      String body =
          "{\"type\":\"test\",\"at\":\"%s\",\"webhook\":\"%s\"}".formatted(now, webhook.id());
      String message = "msg_test_" + Secret.characters(random, 20);
      return client
          .post(WebhookClient.Post.of(webhook, message, now, body))
          .whenComplete(
              (answer, _) -> {
                room.release();
                if (answer != null && answer.isGood()) {
                  var _ = Thread.ofVirtual().name("webhook-hurry").start(() -> hurry(webhook.id()));
                }
              });
    } catch (RuntimeException e) {
      room.release();
      throw e;
    }
  }

  /** An endpoint that answers well need not wait for what it could not take before. */
  private void hurry(String webhook) {
    try {
      if (deliveries.hurry(webhook, clock.instant()) > 0) {
        changed.run();
      }
    } catch (DatabaseException e) {
      LOG.debug("What waits for webhook {} waits on", webhook, e);
    }
  }
}
