package io.mooring.hub.web;

import io.mooring.hub.webhook.Delivery;
import io.mooring.hub.webhook.Delivery.State;
import io.mooring.hub.webhook.Webhook;
import io.mooring.hub.webhook.Webhooks;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What webhooks were told, what could not be told, and trying it. */
final class WebhookDeliveryApi {
  record DeliveryView(
      String id,
      String state,
      @Nullable String device,
      int attempts,
      Instant createdAt,
      @Nullable Instant nextAttemptAt,
      @Nullable Instant endedAt,
      @Nullable Integer status,
      @Nullable String answer,
      @Nullable JsonNode event) {}

  record Replayed(int deliveries) {}

  record Tested(boolean delivered, @Nullable Integer status, @Nullable String answer) {}

  private WebhookDeliveryApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state");
    int limit = exchange.limit();
    State state =
        Text.oneOf("?state", exchange.query("state"), List.of(State.values()), State::text);
    String cursor = exchange.query("cursor");
    long before = cursor == null ? Long.MAX_VALUE : number(cursor);
    if (before < 0) {
      throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
    }
    Webhook webhook = WebhookApi.webhook(exchange);
    List<Delivery> found =
        exchange.parts().webhooks().deliveries(webhook.id(), state, before, limit + 1);
    List<DeliveryView> page =
        found.stream().limit(limit).map(one -> view(one, webhook.enabled())).toList();
    String next = found.size() > limit ? page.getLast().id() : null;
    return Reply.ok(new DeviceApi.Page<>(page, next));
  }

  static Reply replay(Exchange exchange) {
    exchange.onlyQuery();
    Webhook webhook = WebhookApi.webhook(exchange);
    Webhooks webhooks = exchange.parts().webhooks();
    long event = number(exchange.variable("delivery"));
    if (event < 0 || !webhooks.replay(webhook.id(), event, exchange.actor())) {
      throw Refusal.notFound("The webhook has no delivery of this id.");
    }
    return new Reply.Body(HttpStatus.ACCEPTED_202, Map.of(), new Replayed(1));
  }

  static Reply replayDead(Exchange exchange) {
    exchange.onlyQuery();
    Webhook webhook = WebhookApi.webhook(exchange);
    int replayed = exchange.parts().webhooks().replayDead(webhook.id(), exchange.actor());
    return new Reply.Body(HttpStatus.ACCEPTED_202, Map.of(), new Replayed(replayed));
  }

  static Reply test(Exchange exchange) {
    exchange.onlyQuery();
    Webhook webhook = WebhookApi.webhook(exchange);
    try {
      CompletableFuture<Delivery.Answer> answer =
          exchange.parts().webhooks().test(webhook, exchange.actor());
      return new Reply.Later(answer.thenApply(WebhookDeliveryApi::tested));
    } catch (Webhooks.Busy _) {
      throw Refusal.unavailable("Some tests of webhooks are under way. Try again.");
    }
  }

  private static Reply tested(Delivery.Answer answer) {
    return Reply.ok(
        new Tested(
            answer.isGood(),
            answer.status() == 0 ? null : answer.status(),
            answer.text().isEmpty() ? null : answer.text()));
  }

  /** An event's id; -1: it is none. */
  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }

  /**
   * The delivery.
   *
   * @param enabled else nothing is attempted, whenever it was due
   */
  private static DeliveryView view(Delivery delivery, boolean enabled) {
    return new DeliveryView(
        Long.toString(delivery.event()),
        delivery.state().text(),
        delivery.device(),
        delivery.attempts(),
        delivery.createdAt(),
        enabled ? delivery.nextAttemptAt() : null,
        delivery.endedAt(),
        delivery.status(),
        delivery.answer(),
        Json.parse(delivery.body().getBytes(StandardCharsets.UTF_8)));
  }
}
