package io.mooring.hub.gateway;

import io.mooring.hub.admission.HandshakeGate;
import io.mooring.hub.admission.WrongTokens;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceAuthenticator.Reason;
import io.mooring.hub.device.DeviceAuthenticator.Result;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.Sessions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in whoever holds a device's token. What is wrong with a token is logged; the peer learns
 * only that it is. Before the database is asked, addresses that guess are turned away, and whoever
 * is too much for this node or comes while it has no database is told when to come back.
 */
public final class TokenHandshake implements Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(TokenHandshake.class);
  private static final String SCHEME = "bearer ";
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final DeviceAuthenticator authenticator;
  private final InstantSource clock;
  private final Metrics metrics;
  private final WrongTokens wrongTokens;
  private final HandshakeGate gate;
  private final BooleanSupplier databaseAway;
  private final RefusalLog log;

  /**
   * @param ticks a clock that never jumps, in nanoseconds
   * @param databaseAway by what is known already
   */
  public TokenHandshake(
      DeviceAuthenticator authenticator,
      SocketLimits limits,
      BooleanSupplier databaseAway,
      InstantSource clock,
      LongSupplier ticks,
      Metrics metrics) {
    this.authenticator = authenticator;
    this.databaseAway = databaseAway;
    this.clock = clock;
    this.metrics = metrics;
    this.wrongTokens = new WrongTokens(limits, ticks);
    this.gate = new HandshakeGate(limits.handshakes(), ticks);
    this.log = new RefusalLog(ticks);
  }

  /** Tells the log what has gathered; called now and then. */
  public void sweep() {
    log.sweep();
  }

  @Override
  public CompletableFuture<Decision> decide(@Nullable String authorization, String address) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return CompletableFuture.completedFuture(
          refused("no-token", null, address, Refusal.NO_TOKEN));
    }
    String token = authorization.substring(SCHEME.length()).strip();
    Decision turnedAway = turnedAway(token, address);
    if (turnedAway != null) {
      return CompletableFuture.completedFuture(turnedAway);
    }
    return authenticator
        .authenticate(token, address, clock.instant())
        .thenApply(result -> decision(result, token, address))
        .exceptionally(this::unavailable);
  }

  /** Null: its token may be looked at. Counted and not logged: a whole fleet may come at once. */
  private @Nullable Decision turnedAway(String token, String address) {
    Optional<Duration> closed = wrongTokens.closedFor(address, token);
    if (closed.isPresent()) {
      return refused("wrong-tokens", Refusal.WRONG_TOKENS.retryAfter(closed.get()));
    }
    return turnedAway();
  }

  /** The same for whoever shows anything but a token; null: it may be looked up. */
  @Nullable Decision turnedAway() {
    if (!gate.enter()) {
      return refused("too-many", Refusal.TOO_MANY.retryAfter(gate.slot()));
    }
    if (databaseAway.getAsBoolean()) {
      return unavailable();
    }
    metrics.handshakesAdmitted.inc();
    return null;
  }

  private Decision decision(Result result, String token, String address) {
    return switch (result) {
      case Result.Authenticated who -> {
        wrongTokens.right(token);
        yield new Decision.Welcome(
            new Sessions.Identity(
                who.deviceKey(), who.deviceId(), who.tokenId(), who.expiresAt(), who.unproven()));
      }
      case Result.Refused(Reason reason, String tokenId) -> {
        boolean disabled = reason == Reason.DEVICE_DISABLED;
        if (!disabled) {
          wrongTokens.wrong(address);
        }
        yield refused(
            reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            tokenId,
            address,
            disabled ? Refusal.DISABLED : Refusal.BAD_TOKEN);
      }
    };
  }

  /** No line a handshake: a whole fleet asks while the database is away, which is said already. */
  Decision unavailable(Throwable why) {
    LOG.debug("A handshake is refused: {}", why.getMessage());
    return unavailable();
  }

  private Decision unavailable() {
    return refused("unavailable", Refusal.UNAVAILABLE.retryAfter(RETRY.plus(gate.slot())));
  }

  private Decision refused(
      String reason, @Nullable String tokenId, String address, Refusal refusal) {
    return refusedFor(reason, tokenId == null ? "" : ", token " + tokenId, address, refusal);
  }

  /**
   * Refused, counted and logged.
   *
   * @param detail what the log adds; empty or with a comma before it
   */
  Decision refusedFor(String reason, String detail, String address, Refusal refusal) {
    log.refused(address, refusal.status(), reason, detail);
    return refused(reason, refusal);
  }

  private Decision refused(String reason, Refusal refusal) {
    metrics.handshakesRefused.labelValues(reason).inc();
    return new Decision.Refused(refusal);
  }
}
