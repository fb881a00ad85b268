package io.mooring.hub.web;

import io.mooring.hub.device.DeviceToken;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.KnownDevice;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** The tokens of devices. */
final class TokenApi {
  record NewToken(@Nullable String name, @Nullable String notBefore, @Nullable String expiresAt) {}

  record TokenView(
      String id,
      String name,
      Instant createdAt,
      Instant notBefore,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedCause,
      @Nullable String replaces,
      boolean unproven,
      @Nullable Instant lastUsedAt,
      @Nullable String lastUsedAddress,
      @Nullable String token) {}

  private TokenApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<DeviceToken> tokens = exchange.parts().tokens().list(exchange.device().device().key());
    return Reply.ok(
        new DeviceApi.Page<>(tokens.stream().map(token -> view(token, null)).toList(), null));
  }

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    Faults faults = new Faults();
    NewToken body =
        exchange
            .optionalBody(NewToken.class, faults)
            .orElseGet(() -> new NewToken(null, null, null));
    Instant now = exchange.now();
    String name =
        faults.read(
            () -> body.name() == null ? "token" : Text.bounded("/name", body.name(), 1, 128), "");
    Instant notBefore = faults.readOptional(() -> Text.instant("/notBefore", body.notBefore()));
    Instant expiresAt = faults.readOptional(() -> Text.instant("/expiresAt", body.expiresAt()));
    faults.end();
    Instant start = notBefore == null ? now : notBefore;
    if (expiresAt != null && (!expiresAt.isAfter(start) || !expiresAt.isAfter(now))) {
      throw Refusal.of("/expiresAt", "Must lie in the future and after notBefore.");
    }
    try {
      DeviceTokens.Issued issued =
          exchange
              .parts()
              .tokens()
              .issue(
                  device.device().key(),
                  name,
                  start,
                  expiresAt,
                  exchange.once(body),
                  exchange.actor(),
                  now);
      return Reply.created(
          DeviceApi.path(device.device()) + "/tokens/" + issued.token().id(),
          view(issued.token(), issued.secret().reveal()));
    } catch (DeviceTokens.TooMany full) {
      throw new Refusal(
          Problem.of(
              HttpStatus.CONFLICT_409,
              "too-many-tokens",
              "The device has enough tokens",
              full.getMessage() + " Revoke one that is no longer used."));
    }
  }

  static Reply revoke(Exchange exchange) {
    exchange.onlyQuery();
    String id = exchange.variable("token");
    Text.requireClean("", id);
    int device = exchange.device().device().key();
    if (!exchange.parts().tokens().revoke(device, id, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("The device has no token of this id.");
    }
    return Reply.nothing();
  }

  private static TokenView view(DeviceToken token, @Nullable String secret) {
    return new TokenView(
        token.id(),
        token.name(),
        token.createdAt(),
        token.notBefore(),
        token.expiresAt(),
        token.revokedAt(),
        token.revokedCause(),
        token.replaces(),
        token.unproven(),
        token.lastUsedAt(),
        token.lastUsedAddress(),
        secret);
  }
}
