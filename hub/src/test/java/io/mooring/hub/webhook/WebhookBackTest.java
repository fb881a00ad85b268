package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.webhook.Delivery.State;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits for an endpoint is sent once that is back, and not hours later. */
class WebhookBackTest {
  private final WebhookWorld world = new WebhookWorld();
  private final Endpoint endpoint = world.endpoint;
  private final int pump = world.sql.device("pump");
  private final Webhook webhook = world.create();

  @AfterEach
  void close() {
    world.close();
  }

  /** Tried in vain for hours: the next attempt is hours away. */
  private Delivery waitingForLong(String... states) {
    endpoint.answers(500);
    world.happens(pump, states);
    await()
        .until(
            () ->
                world.sql.number(
                        "SELECT count(*) FROM webhook_delivery WHERE state = 'pending' AND attempts > 0")
                    == states.length);
    world.database.execute(
        "UPDATE webhook_delivery SET attempts = 8, first_attempt_at = '2026-11-22T08:00:00Z',"
            + " next_attempt_at = '2026-11-22T16:00:00Z' WHERE state = 'pending'");
    world.webhooks.wake();
    return world.only(webhook);
  }

  @Test
  void whatWaitsIsSentAtOnceWhenSomebodyWantsIt() {
    Delivery delivery = waitingForLong("online");
    endpoint.answers(500);
    assertThat(world.webhooks.replay(webhook.id(), delivery.event(), Actors.ANNA)).isTrue();
    assertThat(world.attempted(webhook, 9).status()).isEqualTo(500);
    endpoint.answers(200);
    assertThat(world.webhooks.replay(webhook.id(), delivery.event(), Actors.ANNA)).isTrue();
    assertThat(world.attempted(webhook, 10).state()).isEqualTo(State.SUCCEEDED);
  }

  @Test
  void whatWaitsIsSentWhenATestArrives() {
    waitingForLong("a", "b", "c");
    endpoint.answers(200);
    assertThat(world.webhooks.test(webhook, Actors.ANNA).join().isGood()).isTrue();
    world.awaitStates(webhook, "succeeded succeeded succeeded");
  }

  @Test
  void whatWaitsIsSentWhenAnotherEventArrives() {
    waitingForLong("a", "b", "c");
    world.pass(Duration.ofMinutes(2));
    endpoint.answers(200);
    world.happens(world.sql.device("fan"), "online");
    world.awaitStates(webhook, "succeeded succeeded succeeded succeeded");
  }

  /** It would be tried each time another one goes well. */
  @Test
  void oneEventThatIsRefusedWaitsOnWhileOthersArrive() {
    endpoint.answers(got -> Endpoint.Reply.of(got.body().contains("bad") ? 400 : 200));
    world.happens(pump, "bad");
    Delivery bad = world.attempted(webhook, 1);
    world.happens(world.sql.device("fan"), "online");
    world.awaitStates(webhook, "pending succeeded");
    assertThat(world.webhooks.find(webhook.id()).orElseThrow().webhook().failingSince()).isNull();
    assertThat(world.only(webhook).state()).isEqualTo(State.SUCCEEDED);
    assertThat(world.webhooks.deliveries(webhook.id(), State.PENDING, Long.MAX_VALUE, 1).getFirst())
        .isEqualTo(bad);
  }

  @Test
  void whatWaitsIsSentWhenItIsEnabledAgainOrGetsAnotherUrl() {
    waitingForLong("a", "b");
    world.webhooks.change(
        webhook.id(),
        new WebhookChange(null, null, null, null, null, false),
        _ -> true,
        Actors.ANNA);
    endpoint.answers(200);
    world.webhooks.change(
        webhook.id(),
        new WebhookChange(null, null, null, null, null, true),
        _ -> true,
        Actors.ANNA);
    world.awaitStates(webhook, "succeeded succeeded");
    waitingForLong("c");
    endpoint.answers(200);
    URI url = URI.create(endpoint.url() + "/new");
    world.webhooks.change(
        webhook.id(), new WebhookChange(null, url, null, null, null, null), _ -> true, Actors.ANNA);
    world.awaitStates(webhook, "succeeded succeeded succeeded");
  }
}
