package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.Actors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events arrive at endpoints: those of the filter, signed, in order, once where all goes well. */
class WebhookDeliveryTest {
  private final WebhookWorld world = new WebhookWorld();
  private final Endpoint endpoint = world.endpoint;
  private final int pump = world.sql.device("pump");
  private final int fan = world.sql.device("fan");

  @AfterEach
  void close() {
    world.close();
  }

  private static String text(String device, String state) {
    return WebhookWorld.text(device, state);
  }

  @Test
  void eventsArriveSignedAndOnce() throws Exception {
    world.isWritten(pump, "before");
    Webhook webhook =
        world.webhooks.create(
            new Webhooks.Draft(
                "erp", world.webhooks.destinations().parse(endpoint.url()), WebhookWorld.ALL),
            null,
            Actors.ANNA);
    world.happens(pump, "online");
    world.awaitStates(webhook, "succeeded");

    Endpoint.Got got = endpoint.got().getFirst();
    assertThat(endpoint.bodies()).containsExactly(text("pump", "online"));
    assertThat(got.header("content-type")).isEqualTo("application/json");
    assertThat(got.header("user-agent")).startsWith("Mooring/");
    String id = got.header("webhook-id");
    assertThat(id).startsWith("msg_" + webhook.id() + "_");
    String time = got.header("webhook-timestamp");
    assertThat(time).isEqualTo(Long.toString(world.time.instant().getEpochSecond()));
    String secret = webhook.secret().reveal();
    assertThat(secret).startsWith("whsec_");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(6)), "HmacSHA256"));
    byte[] signed =
        mac.doFinal((id + "." + time + "." + got.body()).getBytes(StandardCharsets.UTF_8));
    assertThat(got.header("webhook-signature"))
        .isEqualTo("v1," + Base64.getEncoder().encodeToString(signed));
    assertThat(world.only(webhook).attempts()).isEqualTo(1);
  }

  @Test
  void filtersGoByTypeDeviceAndTags() {
    world.database.execute("UPDATE device SET tags = '{\"site\":\"north\"}' WHERE id = 'fan'");
    Set<String> presence = Set.of("presence");
    Webhook one =
        world.create(
            endpoint.url() + "/one", new Webhook.Filter(presence, Set.of("pump"), Map.of()));
    Webhook tagged =
        world.create(
            endpoint.url() + "/tagged",
            new Webhook.Filter(presence, Set.of(), Map.of("site", "north")));
    Webhook commands =
        world.create(
            endpoint.url() + "/commands",
            new Webhook.Filter(Set.of("command"), Set.of(), Map.of()));
    world.happens(pump, "online");
    world.happens(fan, "online");
    world.awaitStates(one, "succeeded");
    world.awaitStates(tagged, "succeeded");

    assertThat(endpoint.got().stream().map(got -> got.path() + got.body()))
        .containsExactlyInAnyOrder(
            "/hook/one" + text("pump", "online"), "/hook/tagged" + text("fan", "online"));
    long newest = world.sql.number("SELECT max(id) FROM event");
    await()
        .until(
            () -> world.webhooks.find(commands.id()).orElseThrow().webhook().position() == newest);
    assertThat(world.states(commands)).isEmpty();
  }

  @Test
  void eventsOfADeviceArriveInTheirOrder() {
    Webhook webhook = world.create();
    List<String> pumps = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      world.happens(pump, "p" + i);
      world.happens(fan, "f" + i);
      pumps.add(text("pump", "p" + i));
    }
    await().until(() -> endpoint.got().size() == 100);

    assertThat(endpoint.bodies().stream().filter(body -> body.contains("pump")))
        .containsExactlyElementsOf(pumps);
    await().until(() -> world.webhooks.find(webhook.id()).orElseThrow().pending() == 0);
  }

  @Test
  void whatHappenedAsTheHubDiedArrivesAfterwards() {
    Webhook webhook = world.create();
    world.webhooks.close();
    world.isWritten(pump, "online", "offline");
    assertThat(endpoint.got()).isEmpty();
    world.restart();
    world.awaitStates(webhook, "succeeded succeeded");

    assertThat(endpoint.bodies()).containsExactly(text("pump", "online"), text("pump", "offline"));
  }

  @Test
  void whatHadNoAnswerAsTheHubDiedIsSentAgainUnderTheSameId() {
    Webhook webhook = world.create();
    endpoint.hang();
    world.happens(pump, "online");
    await().until(() -> endpoint.got().size() == 1);
    world.webhooks.close();
    assertThat(world.states(webhook)).isEqualTo("pending");
    endpoint.goOn();
    world.restart();
    world.awaitStates(webhook, "succeeded");

    assertThat(endpoint.got().stream().map(got -> got.header("webhook-id")))
        .hasSize(2)
        .containsOnly(endpoint.got().getFirst().header("webhook-id"));
  }

  @Test
  void aLongBacklogIsTakenBitByBitAndWhole() {
    try (WebhookWorld small = new WebhookWorld(WebhookWorld.config(WebhookWorld.LOOPBACK, 10))) {
      int device = small.sql.device("pump");
      Webhook webhook = small.create();
      AtomicInteger most = new AtomicInteger();
      small.endpoint.answers(503);
      String[] states = new String[35];
      List<String> all = new ArrayList<>();
      for (int i = 0; i < states.length; i++) {
        states[i] = "s" + i;
        all.add(text("pump", states[i]));
      }
      small.happens(device, states);
      await().until(() -> small.webhooks.find(webhook.id()).orElseThrow().pending() == 10);
      small.endpoint.answers(
          _ -> {
            long pending = small.webhooks.find(webhook.id()).orElseThrow().pending();
            most.accumulateAndGet((int) pending, Math::max);
            return Endpoint.Reply.of(200);
          });
      await()
          .until(
              () -> {
                small.pass(Duration.ofMinutes(1));
                return small.sql.number(
                        "SELECT count(*) FROM webhook_delivery WHERE state = 'succeeded'")
                    == states.length;
              });

      assertThat(most.get()).isLessThanOrEqualTo(10);
      assertThat(small.endpoint.bodies()).containsAll(all);
    }
  }

  @Test
  void aDisabledOneGoesOnWhereItWas() {
    Webhook webhook = world.create();
    WebhookChange off = new WebhookChange(null, null, null, null, null, false);
    WebhookChange on = new WebhookChange(null, null, null, null, null, true);
    assertThat(
            world
                .webhooks
                .change(webhook.id(), off, _ -> true, Actors.ANNA)
                .orElseThrow()
                .webhook())
        .extracting(Webhook::enabled, Webhook::disabled)
        .containsExactly(false, Webhook.Cause.OPERATOR);
    world.happens(pump, "online");
    assertThat(world.states(webhook)).isEmpty();
    assertThat(
            world.webhooks.change(webhook.id(), on, _ -> true, Actors.ANNA).orElseThrow().webhook())
        .extracting(Webhook::enabled, Webhook::disabled)
        .containsExactly(true, null);
    world.awaitStates(webhook, "succeeded");
  }

  @Test
  void bothSecretsSignForAWhile() {
    Webhook webhook = world.create();
    var rotated =
        world
            .webhooks
            .rotateSecret(webhook.id(), Duration.ofHours(1), null, Actors.ANNA)
            .orElseThrow();
    world.happens(pump, "online");
    world.awaitStates(webhook, "succeeded");
    world.pass(Duration.ofHours(1));
    world.happens(pump, "offline");
    world.awaitStates(webhook, "succeeded succeeded");

    Endpoint.Got first = endpoint.got().getFirst();
    byte[] body = first.body().getBytes(StandardCharsets.UTF_8);
    long at = Long.parseLong(first.header("webhook-timestamp"));
    String id = first.header("webhook-id");
    assertThat(first.header("webhook-signature"))
        .isEqualTo(
            rotated.secret().sign(id, at, body)
                + " "
                + webhook.secrets().current().sign(id, at, body));
    assertThat(endpoint.got().getLast().header("webhook-signature")).doesNotContain(" ");
  }

  @Test
  void deletingOneDeletesWhatWaits() {
    Webhook webhook = world.create();
    endpoint.answers(500);
    world.happens(pump, "online");
    world.attempted(webhook, 1);
    assertThat(world.webhooks.delete(webhook.id(), _ -> true, Actors.ANNA)).isTrue();
    assertThat(world.states(webhook)).isEmpty();
    assertThat(world.webhooks.delete(webhook.id(), _ -> true, Actors.ANNA)).isFalse();
  }
}
