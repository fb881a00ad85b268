package io.mooring.hub.gateway;

import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceAuthenticator.Reason;
import io.mooring.hub.device.DeviceAuthenticator.Result;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.Sessions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in whoever holds a device's token. What is wrong with a token is logged; the peer learns
 * only that it is.
 */
public final class TokenHandshake implements Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(TokenHandshake.class);
  private static final String SCHEME = "bearer ";
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final DeviceAuthenticator authenticator;
  private final InstantSource clock;
  private final Metrics metrics;

  public TokenHandshake(DeviceAuthenticator authenticator, InstantSource clock, Metrics metrics) {
    this.authenticator = authenticator;
    this.clock = clock;
    this.metrics = metrics;
  }

  @Override
  public CompletableFuture<Decision> decide(@Nullable String authorization, String address) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return CompletableFuture.completedFuture(
          refused("no-token", null, address, Refusal.NO_TOKEN));
    }
    String token = authorization.substring(SCHEME.length()).strip();
    return authenticator
        .authenticate(token, address, clock.instant())
        .thenApply(result -> decision(result, address))
        .exceptionally(why -> unavailable(why, address));
  }

  private Decision decision(Result result, String address) {
    return switch (result) {
      case Result.Authenticated who ->
          new Decision.Welcome(
              new Sessions.Identity(
                  who.deviceKey(), who.deviceId(), who.tokenId(), who.expiresAt(), who.unproven()));
      case Result.Refused(Reason reason, String tokenId) ->
          refused(
              reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
              tokenId,
              address,
              reason == Reason.DEVICE_DISABLED ? Refusal.DISABLED : Refusal.BAD_TOKEN);
    };
  }

  /** No line a handshake: a whole fleet asks while the database is away, which is said already. */
  private Decision unavailable(Throwable why, String address) {
    LOG.debug("Handshake from {} refused: {}", address, why.getMessage());
    metrics.handshakesRefused.labelValues("unavailable").inc();
    return new Decision.Refused(Refusal.UNAVAILABLE.retryAfter(RETRY));
  }

  private Decision refused(
      String reason, @Nullable String tokenId, String address, Refusal refusal) {
    metrics.handshakesRefused.labelValues(reason).inc();
    LOG.warn(
        "Handshake from {} refused with {}: {}{}",
        address,
        refusal.status(),
        reason,
        tokenId == null ? "" : ", token " + tokenId);
    return new Decision.Refused(refusal);
  }
}
