package io.mooring.hub.web;

import io.mooring.hub.access.ApiKey;
import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Operator;
import io.mooring.hub.access.OperatorSessions;
import io.mooring.hub.access.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** API keys and the operator's sign-in. */
final class AccessApi {
  private static final Logger LOG = LoggerFactory.getLogger(AccessApi.class);

  record NewKey(
      @Nullable String name, @Nullable List<@Nullable String> scopes, @Nullable String expiresAt) {}

  record KeyView(
      String id,
      String name,
      List<String> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable String key) {}

  record SignIn(@Nullable String user, @Nullable String password) {
    @Override
    public String toString() {
      return "SignIn[user=" + user + "]";
    }
  }

  record SessionView(String user, String role) {}

  private AccessApi() {}

  static Reply listKeys(Exchange exchange) {
    exchange.onlyQuery();
    List<KeyView> keys =
        exchange.parts().keys().list().stream().map(key -> view(key, null)).toList();
    return Reply.ok(new DeviceApi.Page<>(keys, null));
  }

  static Reply createKey(Exchange exchange) {
    exchange.onlyQuery();
    NewKey body = exchange.body(NewKey.class);
    if (body.name() == null) {
      throw Refusal.of("/name", "Needed: what the key is for, in 1 to 128 characters.");
    }
    String name = Text.bounded("/name", body.name(), 1, 128);
    Set<Scope> scopes = scopes(body.scopes());
    Instant expiresAt = Text.instant("/expiresAt", body.expiresAt());
    Instant now = exchange.now();
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw Refusal.of("/expiresAt", "Must lie in the future.");
    }
    ApiKeys.Issued issued = exchange.parts().keys().create(name, scopes, expiresAt, now);
    LOG.info("API key created: key={} by={}", issued.key().id(), exchange.caller().name());
    return Reply.created(view(issued.key(), issued.secret().reveal()));
  }

  static Reply revokeKey(Exchange exchange) {
    exchange.onlyQuery();
    String id = exchange.variable("key");
    Text.requireClean("", id);
    if (!exchange.parts().keys().revoke(id, exchange.now())) {
      throw Refusal.notFound("There is no API key of this id.");
    }
    LOG.info("API key revoked: key={} by={}", id, exchange.caller().name());
    return Reply.nothing();
  }

  static Reply session(Exchange exchange) {
    exchange.onlyQuery();
    if (!(exchange.caller() instanceof Caller.Person(Operator operator))) {
      throw new IllegalStateException("the route lets persons in only");
    }
    return Reply.ok(view(operator));
  }

  static Reply signIn(Exchange exchange) {
    exchange.onlyQuery();
    SignIn body = exchange.body(SignIn.class);
    if (body.user() == null || body.password() == null) {
      throw Refusal.of(body.user() == null ? "/user" : "/password", "Needed.");
    }
    String address = Request.getRemoteAddr(exchange.request());
    WebParts parts = exchange.parts();
    Optional<Duration> closed = parts.throttle().attempt(body.user(), address, exchange.now());
    if (closed.isPresent()) {
      throw throttled(closed.get());
    }
    Optional<Operator> operator = parts.operators().verify(body.user(), body.password());
    if (operator.isEmpty()) {
      LOG.info("Sign-in refused: address={}", address);
      throw Refusal.unauthorized("The name or the password is wrong.");
    }
    parts.throttle().succeeded(body.user(), address);
    String cookie = parts.operatorSessions().open(operator.get().name(), exchange.now()).reveal();
    LOG.info("Signed in: operator={} address={}", operator.get().name(), address);
    return new Reply.Body(
        HttpStatus.OK_200,
        Map.of("Set-Cookie", cookie(exchange, cookie, OperatorSessions.LIFETIME)),
        view(operator.get()));
  }

  static Reply signOut(Exchange exchange) {
    exchange.onlyQuery();
    Authenticator.credential(exchange.request())
        .ifPresent(
            credential -> {
              if (credential instanceof Authenticator.Credential.Cookie(String value)) {
                exchange.parts().operatorSessions().close(value);
              }
            });
    return new Reply.Nothing(Map.of("Set-Cookie", cookie(exchange, "", Duration.ZERO)));
  }

  private static Refusal throttled(Duration wait) {
    long seconds = wait.plusMillis(999).toSeconds();
    return new Refusal(
        Problem.of(
            HttpStatus.TOO_MANY_REQUESTS_429,
            "too-many-sign-ins",
            "Too many failed sign-ins",
            "Wait %d seconds and try again.".formatted(seconds)),
        Map.of("Retry-After", Long.toString(seconds)));
  }

  private static String cookie(Exchange exchange, String value, Duration lifetime) {
    return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
        .formatted(
            Authenticator.COOKIE,
            value,
            lifetime.toSeconds(),
            exchange.request().isSecure() ? "; Secure" : "");
  }

  private static Set<Scope> scopes(@Nullable List<@Nullable String> texts) {
    if (texts == null || texts.isEmpty()) {
      throw Refusal.of("/scopes", "Needed: at least one of " + known() + ".");
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (int i = 0; i < texts.size(); i++) {
      String pointer = "/scopes/" + i;
      Scope scope =
          Optional.ofNullable(texts.get(i))
              .flatMap(Scope::of)
              .orElseThrow(() -> Refusal.of(pointer, "No such scope; there are " + known() + "."));
      if (!scopes.add(scope)) {
        throw Refusal.of(pointer, "This scope is given twice.");
      }
    }
    return scopes;
  }

  private static String known() {
    return String.join(", ", EnumSet.allOf(Scope.class).stream().map(Scope::text).toList());
  }

  private static KeyView view(ApiKey key, @Nullable String secret) {
    return new KeyView(
        key.id(),
        key.name(),
        key.scopes().stream().sorted().map(Scope::text).toList(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt(),
        secret);
  }

  private static SessionView view(Operator operator) {
    return new SessionView(operator.name(), operator.role().text());
  }
}
