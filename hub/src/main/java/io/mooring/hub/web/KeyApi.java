package io.mooring.hub.web;

import io.mooring.hub.access.ApiKey;
import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** API keys. */
final class KeyApi {
  record NewKey(
      @Nullable String name, @Nullable List<@Nullable String> scopes, @Nullable String expiresAt) {}

  record KeyView(
      String id,
      String name,
      List<String> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant lastUsedAt,
      @Nullable String lastUsedAddress,
      @Nullable String key) {}

  private KeyApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<KeyView> keys =
        exchange.parts().keys().list().stream().map(key -> view(key, null)).toList();
    return Reply.ok(new DeviceApi.Page<>(keys, null));
  }

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Faults faults = new Faults();
    NewKey body = exchange.body(NewKey.class, faults);
    Instant now = exchange.now();
    String name = faults.read(() -> name(body.name()), "");
    Set<Scope> scopes = faults.read(() -> scopes(body.scopes()), Set.of());
    Instant expiresAt = faults.readOptional(() -> end(body.expiresAt(), now));
    faults.end();
    ApiKeys.Issued issued =
        exchange
            .parts()
            .keys()
            .create(name, scopes, expiresAt, exchange.once(body), exchange.actor(), now);
    exchange.parts().guard().known(issued.key().id());
    return Reply.created(view(issued.key(), issued.secret().reveal()));
  }

  static Reply revoke(Exchange exchange) {
    exchange.onlyQuery();
    String id = exchange.variable("key");
    Text.requireClean("", id);
    if (!exchange.parts().keys().revoke(id, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("There is no API key of this id.");
    }
    return Reply.nothing();
  }

  static String name(@Nullable String name) {
    if (name == null) {
      throw Refusal.of("/name", "Needed: what the key is for, in 1 to 128 characters.");
    }
    return Text.bounded("/name", name, 1, 128);
  }

  /** When it ends; null: it does not. */
  static @Nullable Instant end(@Nullable String text, Instant now) {
    Instant end = Text.instant("/expiresAt", text);
    if (end != null && !end.isAfter(now)) {
      throw Refusal.of("/expiresAt", "Must lie in the future.");
    }
    return end;
  }

  private static Set<Scope> scopes(@Nullable List<@Nullable String> texts) {
    if (texts == null || texts.isEmpty()) {
      throw Refusal.of("/scopes", "Needed: at least one of " + known() + ".");
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    Faults faults = new Faults();
    for (int i = 0; i < texts.size(); i++) {
      String pointer = "/scopes/" + i;
      Optional<Scope> scope = Optional.ofNullable(texts.get(i)).flatMap(Scope::of);
      if (scope.isEmpty()) {
        faults.add(new Problem.Fault(pointer, "No such scope; there are " + known() + "."));
      } else if (!scopes.add(scope.get())) {
        faults.add(new Problem.Fault(pointer, "This scope is given twice."));
      }
    }
    faults.end();
    return scopes;
  }

  private static String known() {
    return String.join(", ", EnumSet.allOf(Scope.class).stream().map(Scope::text).toList());
  }

  private static KeyView view(ApiKey key, @Nullable String secret) {
    return new KeyView(
        key.id(),
        key.name(),
        key.scopeTexts(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt(),
        key.lastUsedAt(),
        key.lastUsedAddress(),
        secret);
  }
}
