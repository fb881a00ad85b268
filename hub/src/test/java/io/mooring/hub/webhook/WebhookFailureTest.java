package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.webhook.Delivery.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints that refuse, send elsewhere, are gone, or fail for good. */
class WebhookFailureTest {
  private final WebhookWorld world = new WebhookWorld();
  private final Endpoint endpoint = world.endpoint;
  private final int pump = world.sql.device("pump");
  private final Webhook webhook = world.create();

  @AfterEach
  void close() {
    world.close();
  }

  private static Instant next(Delivery delivery) {
    return Objects.requireNonNull(delivery.nextAttemptAt());
  }

  /** Goes to the moment of the next attempt and returns what came of it. */
  private Delivery again(Delivery delivery) {
    world.pass(Duration.between(world.time.instant(), next(delivery)).plusMillis(1));
    return world.attempted(webhook, delivery.attempts() + 1);
  }

  @Test
  void itIsTriedForADayThenDeadAndThenReplayed() {
    endpoint.answers(_ -> new Endpoint.Reply(500, Map.of(), "out\u0000of\norder"));
    Instant begun = world.time.instant();
    world.happens(pump, "online");
    Delivery delivery = world.attempted(webhook, 1);
    List<Duration> waits = new ArrayList<>();
    while (delivery.state() == State.PENDING) {
      waits.add(Duration.between(world.time.instant(), next(delivery)));
      delivery = again(delivery);
    }

    for (int i = 0; i < RetryPlan.WAITS.size(); i++) {
      double factor = (double) waits.get(i).toMillis() / RetryPlan.WAITS.get(i).toMillis();
      assertThat(factor).isBetween(0.79, 1.21);
    }
    assertThat(Duration.between(begun, world.time.instant()))
        .isBetween(Duration.ofDays(1), Duration.ofDays(1).plusSeconds(1));
    assertThat(delivery)
        .extracting(Delivery::state, Delivery::status, Delivery::answer, Delivery::nextAttemptAt)
        .containsExactly(State.DEAD, 500, "out of order", null);
    assertThat(world.webhooks.find(webhook.id()).orElseThrow().dead()).isEqualTo(1);

    endpoint.answers(200);
    assertThat(world.webhooks.replay(webhook.id(), delivery.event(), Actors.ANNA)).isTrue();
    world.awaitStates(webhook, "succeeded");
    assertThat(endpoint.got().stream().map(got -> got.header("webhook-id")).distinct()).hasSize(1);
    assertThat(world.only(webhook).attempts()).isEqualTo(1);
  }

  @Test
  void allDeadLettersAreReplayedTogether() {
    endpoint.answers(500);
    world.happens(pump, "a", "b", "c");
    world.awaitStates(webhook, "pending pending pending");
    world.database.execute(
        "UPDATE webhook_delivery SET state = 'dead', ended_at = now(), next_attempt_at = NULL");
    endpoint.answers(200);
    assertThat(world.webhooks.replayDead(webhook.id(), Actors.ANNA)).isEqualTo(3);
    world.awaitStates(webhook, "succeeded succeeded succeeded");
    assertThat(world.webhooks.replayDead(webhook.id(), Actors.ANNA)).isZero();
  }

  @Test
  void retryAfterIsHonoured() {
    endpoint.answers(_ -> new Endpoint.Reply(429, Map.of("Retry-After", "600"), ""));
    world.happens(pump, "online");
    Delivery delivery = world.attempted(webhook, 1);
    assertThat(Duration.between(world.time.instant(), next(delivery)))
        .isEqualTo(Duration.ofMinutes(10));
  }

  /** Who has too much to do is not sent the next event either. */
  @Test
  void nothingIsSentWhileAnEndpointWantsQuiet() {
    int fan = world.sql.device("fan");
    endpoint.answers(_ -> new Endpoint.Reply(503, Map.of("Retry-After", "600"), ""));
    world.happens(pump, "online");
    world.attempted(webhook, 1);
    long asked = world.time.instant().getEpochSecond();
    endpoint.answers(200);
    world.happens(fan, "online");
    world.awaitStates(webhook, "pending pending");
    world.pass(Duration.ofMinutes(10));
    world.awaitStates(webhook, "succeeded succeeded");
    assertThat(endpoint.got().stream().skip(1).map(got -> got.header("webhook-timestamp")))
        .containsExactly(Long.toString(asked + 600), Long.toString(asked + 600));
  }

  @Test
  void anotherUrlIsNotJudgedByWhatTheFormerOneAnswers() {
    CountDownLatch moved = new CountDownLatch(1);
    endpoint.answers(
        got -> {
          if (got.path().endsWith("/new")) {
            return Endpoint.Reply.of(200);
          }
          awaitQuietly(moved);
          return Endpoint.Reply.of(410);
        });
    world.happens(pump, "online");
    await().until(() -> endpoint.got().size() == 1);
    URI url = URI.create(endpoint.url() + "/new");
    world.webhooks.change(
        webhook.id(), new WebhookChange(null, url, null, null, null, null), _ -> true, Actors.ANNA);
    moved.countDown();
    Delivery delivery = world.attempted(webhook, 1);
    assertThat(delivery.state()).isEqualTo(State.PENDING);
    assertThat(again(delivery).state()).isEqualTo(State.SUCCEEDED);
    assertThat(disabled()).isNull();
    assertThat(failingSince()).isNull();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      var _ = latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anotherUrlBeginsWithACleanSlate() {
    endpoint.answers(500);
    world.happens(pump, "online");
    world.attempted(webhook, 1);
    await().until(() -> failingSince() != null);
    URI url = URI.create(endpoint.url() + "/new");
    WebhookChange moved = new WebhookChange(null, url, null, null, null, null);
    assertThat(
            world
                .webhooks
                .change(webhook.id(), moved, _ -> true, Actors.ANNA)
                .orElseThrow()
                .webhook()
                .failingSince())
        .isNull();
  }

  @Test
  void redirectsAreNotFollowed() {
    endpoint.answers(
        _ -> new Endpoint.Reply(302, Map.of("Location", endpoint.url() + "/elsewhere"), ""));
    world.happens(pump, "online");
    Delivery delivery = world.attempted(webhook, 1);
    assertThat(delivery.status()).isEqualTo(302);
    assertThat(endpoint.got()).singleElement().extracting(Endpoint.Got::path).isEqualTo("/hook");
  }

  @Test
  void challengesAreNotAnswered() {
    endpoint.answers(401);
    world.happens(pump, "online");
    assertThat(world.attempted(webhook, 1).status()).isEqualTo(401);
  }

  @Test
  void anEndlessAnswerIsCutOffAndCountsByItsStatus() {
    endpoint.answers(_ -> new Endpoint.Reply(200, Map.of(), "x".repeat(1 << 20)));
    world.happens(pump, "online");
    world.awaitStates(webhook, "succeeded");
  }

  @Test
  void oneThatIsGoneIsDisabled() {
    endpoint.answers(410);
    world.happens(pump, "online");
    world.awaitStates(webhook, "dead");
    await().until(() -> disabled() == Webhook.Cause.GONE);
    assertThat(audit()).isEqualTo("system webhooks gone");
  }

  @Test
  void oneThatFailsForDaysIsDisabled() {
    endpoint.answers(500);
    world.happens(pump, "online");
    world.attempted(webhook, 1);
    world.pass(Duration.ofDays(3).minusSeconds(1));
    world.attempted(webhook, 2);
    assertThat(disabled()).isNull();
    world.happens(pump, "offline");
    world.pass(Duration.ofSeconds(6));
    await().until(() -> disabled() == Webhook.Cause.FAILING);
    assertThat(audit()).isEqualTo("system webhooks failing");

    int sent = endpoint.got().size();
    endpoint.answers(200);
    world.pass(Duration.ofDays(1));
    WebhookChange on = new WebhookChange(null, null, null, null, null, true);
    assertThat(endpoint.got()).hasSize(sent);
    world.webhooks.change(webhook.id(), on, _ -> true, Actors.ANNA);
    world.awaitStates(webhook, "dead succeeded");
  }

  @Test
  void oneSuccessEndsTheFailing() {
    endpoint.answers(500);
    world.happens(pump, "online");
    Delivery delivery = world.attempted(webhook, 1);
    assertThat(failingSince()).isEqualTo(world.time.instant());
    endpoint.answers(200);
    again(delivery);
    assertThat(failingSince()).isNull();
  }

  @Test
  void nobodyThere() {
    endpoint.close();
    world.happens(pump, "online");
    Delivery delivery = world.attempted(webhook, 1);
    assertThat(delivery.status()).isNull();
    assertThat(delivery.answer()).startsWith("Nobody listens there");
  }

  @Test
  void metricsTell() throws IOException {
    endpoint.answers(410);
    world.happens(pump, "online");
    await().until(() -> disabled() != null);
    await()
        .untilAsserted(
            () ->
                assertThat(metrics())
                    .contains("mooring_webhook_attempts_total{outcome=\"failed\"} 1.0")
                    .contains("mooring_webhook_dead_letters_total 1.0")
                    .contains("mooring_webhook_deliveries_waiting 0.0")
                    .contains("mooring_webhooks{state=\"disabled\"} 1.0"));
  }

  private String metrics() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    world.metrics.write(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private Webhook.@org.jspecify.annotations.Nullable Cause disabled() {
    return world.webhooks.find(webhook.id()).orElseThrow().webhook().disabled();
  }

  private @org.jspecify.annotations.Nullable Instant failingSince() {
    return world.webhooks.find(webhook.id()).orElseThrow().webhook().failingSince();
  }

  private String audit() {
    return world.sql.text(
        "SELECT actor_kind || ' ' || actor_id || ' ' || (after->>'disabledBecause') FROM audit"
            + " WHERE action = 'webhook.disable'");
  }
}
