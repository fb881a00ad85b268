package io.mooring.hub.web;

import io.mooring.hub.access.Scope;
import io.mooring.hub.db.Once;
import io.mooring.hub.device.Device;
import io.mooring.hub.webhook.Webhook;
import io.mooring.hub.webhook.WebhookChange;
import io.mooring.hub.webhook.Webhooks;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Webhooks. */
final class WebhookApi {
  private static final int MOST_DEVICES = 100;
  private static final Duration USUAL_OVERLAP = Duration.ofDays(1);
  private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);

  record NewWebhook(
      @Nullable String name,
      @Nullable String url,
      @Nullable List<@Nullable String> types,
      @Nullable List<@Nullable String> devices,
      @Nullable Map<String, @Nullable String> tags) {}

  record WebhookEdit(
      @Nullable String name,
      @Nullable String url,
      @Nullable List<@Nullable String> types,
      @Nullable List<@Nullable String> devices,
      @Nullable Map<String, @Nullable String> tags,
      @Nullable Boolean enabled) {}

  record NewSecret(@Nullable String overlap) {}

  record WebhookView(
      String id,
      String name,
      String url,
      Set<String> types,
      Set<String> devices,
      Map<String, String> tags,
      boolean enabled,
      @Nullable String disabledBecause,
      Instant createdAt,
      @Nullable Instant failingSince,
      @Nullable Instant previousSecretUntil,
      long pending,
      long dead,
      @Nullable Instant lastDeliveredAt,
      @Nullable String secret) {}

  private WebhookApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<WebhookView> webhooks =
        exchange.parts().webhooks().list().stream()
            .map(status -> view(status, exchange, null))
            .toList();
    return Reply.ok(new DeviceApi.Page<>(webhooks, null));
  }

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Faults faults = new Faults();
    NewWebhook body = exchange.body(NewWebhook.class, faults);
    String name = faults.read(() -> name(body.name()), "");
    URI url = faults.read(() -> url(exchange, body.url()), URI.create(""));
    Webhook.Filter filter =
        new Webhook.Filter(
            faults.read(
                () -> body.types() == null ? Set.copyOf(Webhook.TYPES) : types(body.types()),
                Set.of()),
            faults.read(
                () -> body.devices() == null ? Set.of() : devices(exchange, body.devices()),
                Set.of()),
            faults.read(
                () -> body.tags() == null ? Map.of() : DeviceApi.tags(body.tags()), Map.of()));
    faults.end();
    Webhooks.Draft draft = new Webhooks.Draft(name, url, filter);
    try {
      Webhook made =
          exchange.parts().webhooks().create(draft, exchange.once(body), exchange.actor());
      return Reply.created(
          "/api/v1/webhooks/" + made.id(),
          view(new Webhooks.Status(made, 0, 0, null), exchange, made.secret().reveal()));
    } catch (Webhooks.Full _) {
      throw new Refusal(
          Problem.of(
              HttpStatus.CONFLICT_409,
              "too-many-webhooks",
              "Too many webhooks",
              "There are as many as limits.webhooks allows. Delete one, or raise it."));
    }
  }

  static Reply get(Exchange exchange) {
    exchange.onlyQuery();
    return shown(status(exchange), exchange);
  }

  static Reply change(Exchange exchange) {
    exchange.onlyQuery();
    WebhookEdit body = exchange.body(WebhookEdit.class);
    WebhookChange edit =
        new WebhookChange(
            body.name() == null ? null : Text.bounded("/name", body.name(), 1, 128),
            body.url() == null ? null : url(exchange, body.url()),
            body.types() == null ? null : types(body.types()),
            body.devices() == null ? null : devices(exchange, body.devices()),
            body.tags() == null ? null : DeviceApi.tags(body.tags()),
            body.enabled());
    if (edit.equals(new WebhookChange(null, null, null, null, null, null))) {
      throw Refusal.of("", "Needed: at least one of name, url, types, devices, tags, enabled.");
    }
    // Turning one off must not fail for what somebody else has changed meanwhile.
    if (!edit.equals(new WebhookChange(null, null, null, null, null, edit.enabled()))) {
      Precondition.require(exchange, "the webhook");
    }
    try {
      Webhooks.Status changed =
          exchange
              .parts()
              .webhooks()
              .change(id(exchange), edit, Precondition.asKnown(exchange), exchange.actor())
              .orElseThrow(WebhookApi::unknown);
      return shown(changed, exchange);
    } catch (Webhook.Stale _) {
      throw Precondition.failed("The webhook");
    }
  }

  static Reply delete(Exchange exchange) {
    exchange.onlyQuery();
    Predicate<String> asKnown = Precondition.asKnown(exchange);
    try {
      if (!exchange.parts().webhooks().delete(id(exchange), asKnown, exchange.actor())) {
        throw unknown();
      }
      return Reply.nothing();
    } catch (Webhook.Stale _) {
      throw Precondition.failed("The webhook");
    }
  }

  static Reply rotateSecret(Exchange exchange) {
    exchange.onlyQuery();
    NewSecret body = exchange.optionalBody(NewSecret.class).orElseGet(() -> new NewSecret(null));
    Duration overlap =
        body.overlap() == null
            ? USUAL_OVERLAP
            : Text.duration("/overlap", body.overlap(), Duration.ZERO, LONGEST_OVERLAP);
    // How it gets on is looked at before: what failed after the commit would keep the secret back.
    Webhooks.Status before = status(exchange);
    try {
      Webhooks webhooks = exchange.parts().webhooks();
      Webhook rotated =
          webhooks
              .rotateSecret(id(exchange), overlap, exchange.once(body), exchange.actor())
              .orElseThrow(WebhookApi::unknown);
      return withSecret(
          new Webhooks.Status(rotated, before.pending(), before.dead(), before.lastDeliveredAt()),
          exchange);
    } catch (Once.Repeated repeated) {
      // Unlike others this secret is kept, as it signs: who lost the answer is given it again.
      Webhooks.Status now = status(exchange);
      if (!repeated.same() || !repeated.target().equals(now.webhook().secretTarget())) {
        throw repeated;
      }
      return withSecret(now, exchange);
    }
  }

  private static Reply withSecret(Webhooks.Status status, Exchange exchange) {
    return Reply.ok(view(status, exchange, status.webhook().secret().reveal()));
  }

  /** The webhook the path names; refuses with 404. */
  static Webhook webhook(Exchange exchange) {
    return exchange.parts().webhooks().webhook(id(exchange)).orElseThrow(WebhookApi::unknown);
  }

  private static Webhooks.Status status(Exchange exchange) {
    return exchange.parts().webhooks().find(id(exchange)).orElseThrow(WebhookApi::unknown);
  }

  private static String id(Exchange exchange) {
    String id = exchange.variable("webhook");
    Text.requireClean("", id);
    return id;
  }

  private static Refusal unknown() {
    return Refusal.notFound("There is no webhook of this id.");
  }

  private static String name(@Nullable String name) {
    if (name == null) {
      throw Refusal.of("/name", "Needed: what the webhook is for, in 1 to 128 characters.");
    }
    return Text.bounded("/name", name, 1, 128);
  }

  private static URI url(Exchange exchange, @Nullable String text) {
    if (text == null) {
      throw Refusal.of("/url", "Needed: where events are sent to.");
    }
    Text.requireClean("/url", text);
    try {
      return exchange.parts().webhooks().destinations().parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.of("/url", String.valueOf(e.getMessage()));
    }
  }

  private static Set<String> types(List<@Nullable String> texts) {
    Set<String> types = new TreeSet<>();
    for (int i = 0; i < texts.size(); i++) {
      String type = texts.get(i);
      if (type == null || !Webhook.TYPES.contains(type)) {
        throw Refusal.of("/types/" + i, "Must be one of " + String.join(", ", Webhook.TYPES) + ".");
      }
      types.add(type);
    }
    if (types.isEmpty()) {
      throw Refusal.of("/types", "Needed: at least one; left out, it is all.");
    }
    return types;
  }

  private static Set<String> devices(Exchange exchange, List<@Nullable String> texts) {
    if (texts.size() > MOST_DEVICES) {
      throw Refusal.of(
          "/devices", "At most %d devices; filter by tags for more.".formatted(MOST_DEVICES));
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < texts.size(); i++) {
      String id = texts.get(i);
      if (id == null || !Device.ID.matcher(id).matches()) {
        throw Refusal.of("/devices/" + i, "Is no device's id.");
      }
      ids.add(id);
    }
    Collection<String> known = exchange.parts().devices().keysOf(ids).keySet();
    for (int i = 0; i < texts.size(); i++) {
      if (!known.contains(texts.get(i))) {
        throw Refusal.of("/devices/" + i, "No device has this id.");
      }
    }
    return ids;
  }

  /**
   * Its version is for those who may change it: it is made of the URL too, which others do not see.
   */
  private static Reply shown(Webhooks.Status status, Exchange exchange) {
    if (!exchange.caller().mayAny(Set.of(Scope.ADMIN))) {
      return Reply.ok(view(status, exchange, null));
    }
    return new Reply.Body(
        HttpStatus.OK_200,
        Precondition.tagOf(status.webhook().version()),
        view(status, exchange, null));
  }

  private static WebhookView view(
      Webhooks.Status status, Exchange exchange, @Nullable String secret) {
    Webhook webhook = status.webhook();
    Webhook.Cause cause = webhook.disabled();
    Instant until = webhook.previousSecretUntil();
    return new WebhookView(
        webhook.id(),
        webhook.name(),
        exchange.caller().mayAny(Set.of(Scope.ADMIN)) ? webhook.url().toString() : webhook.host(),
        new TreeSet<>(webhook.filter().types()),
        new TreeSet<>(webhook.filter().devices()),
        new TreeMap<>(webhook.filter().tags()),
        webhook.enabled(),
        cause == null ? null : cause.text(),
        webhook.createdAt(),
        webhook.failingSince(),
        until == null || until.isBefore(exchange.now()) ? null : until,
        status.pending(),
        status.dead(),
        status.lastDeliveredAt(),
        secret);
  }
}
