package io.mooring.hub.gateway;

import io.mooring.hub.admission.HandshakeGate;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.admission.RefusalLog;
import io.mooring.hub.admission.WrongTokens;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceAuthenticator.Reason;
import io.mooring.hub.device.DeviceAuthenticator.Result;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
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
  private static final long TELL_AGAIN = Duration.ofMinutes(1).toNanos();

  private final DeviceAuthenticator authenticator;
  private final InstantSource clock;
  private final Metrics metrics;
  private final WrongTokens wrongTokens;
  private final HandshakeGate gate;
  private final BooleanSupplier databaseAway;
  private final RefusalLog log;

  /** Apart, so that a fleet that meets a limit does not hide a wrong token. */
  private final RefusalLog limitLog;

  private final LongSupplier ticks;

  /** Those whom wrong tokens shut out come back one after the other, and push nobody else back. */
  private final HandshakeGate shutOut;

  /** When an error was last told in full. */
  private final AtomicLong toldAt;

  /**
   * @param known ids of tokens that exist
   * @param ticks a clock that never jumps, in nanoseconds
   * @param databaseAway by what is known already
   */
  public TokenHandshake(
      DeviceAuthenticator authenticator,
      SocketLimits limits,
      KnownIds known,
      BooleanSupplier databaseAway,
      InstantSource clock,
      LongSupplier ticks,
      Metrics metrics) {
    this.authenticator = authenticator;
    this.databaseAway = databaseAway;
    this.clock = clock;
    this.metrics = metrics;
    this.wrongTokens = new WrongTokens(limits, known, ticks);
    this.gate = new HandshakeGate(limits.handshakes(), ticks);
    this.shutOut = new HandshakeGate(limits.handshakes(), ticks);
    this.log = new RefusalLog("handshake", ticks);
    this.limitLog = new RefusalLog("handshake", ticks);
    this.ticks = ticks;
    this.toldAt = new AtomicLong(ticks.getAsLong() - TELL_AGAIN);
  }

  /** Tells the log what has gathered; called now and then. */
  public void sweep() {
    log.sweep();
    limitLog.sweep();
  }

  @Override
  public CompletableFuture<Decision> decide(@Nullable String authorization, String address) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return CompletableFuture.completedFuture(
          refusedFor("no-token", "", address, Refusal.NO_TOKEN));
    }
    String token = authorization.substring(SCHEME.length()).strip();
    Decision turnedAway = turnedAway(token, address);
    if (turnedAway != null) {
      return CompletableFuture.completedFuture(turnedAway);
    }
    return authenticator
        .authenticate(token, address, clock.instant())
        .thenApply(result -> decision(result, address))
        .exceptionally(this::failed);
  }

  /** Null: its token may be looked at. */
  private @Nullable Decision turnedAway(String token, String address) {
    String id = Secret.parse(Secret.Kind.DEVICE_TOKEN, token).map(Secret::id).orElse("");
    Optional<Duration> closed = wrongTokens.closedFor(address, id);
    if (closed.isPresent()) {
      Duration wait = closed.get().plus(shutOut.slot());
      Refusal refusal = Refusal.WRONG_TOKENS.retryAfter(wait);
      told("wrong-tokens", refusal, address, id.isEmpty() ? "" : ", token ", id);
      return refused("wrong-tokens", refusal);
    }
    return turnedAway(address);
  }

  /** The same for whoever shows anything but a token; null: it may be looked up. */
  @Nullable Decision turnedAway(String address) {
    if (!gate.enter()) {
      Refusal refusal = Refusal.TOO_MANY.retryAfter(gate.slot());
      told("too-many", refusal, address, "", "");
      return refused("too-many", refusal);
    }
    if (databaseAway.getAsBoolean()) {
      return unavailable();
    }
    metrics.handshakesAdmitted.inc();
    return null;
  }

  private Decision decision(Result result, String address) {
    return switch (result) {
      case Result.Authenticated who -> {
        wrongTokens.right(who.tokenId());
        yield new Decision.Welcome(
            new Sessions.Identity(
                who.deviceKey(), who.deviceId(), who.tokenId(), who.expiresAt(), who.unproven()));
      }
      case Result.Refused(Reason reason, String tokenId, String deviceId, Instant notBefore) -> {
        // A device whose token has had its day knows the secret: it guesses nothing.
        if (reason == Reason.UNKNOWN || reason == Reason.WRONG_SECRET) {
          wrongTokens.wrong(address);
        }
        if (tokenId != null) {
          wrongTokens.refused(address, tokenId);
        }
        yield refusedFor(
            reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            (tokenId == null ? "" : ", token " + tokenId)
                + (deviceId == null ? "" : " of " + deviceId),
            address,
            refusal(reason, notBefore));
      }
    };
  }

  private static Refusal refusal(Reason reason, @Nullable Instant notBefore) {
    if (notBefore != null) {
      return Refusal.notYetValid(notBefore);
    }
    return reason == Reason.DEVICE_DISABLED ? Refusal.DISABLED : Refusal.BAD_TOKEN;
  }

  @Override
  public void limited(String reason, Refusal refusal, String address, @Nullable String device) {
    told(reason, refusal, address, device == null ? "" : ", ", device == null ? "" : device);
  }

  /** Who met a limit: a whole fleet may at once, so no text is put together but for the log. */
  private void told(String reason, Refusal refusal, String address, String kind, String detail) {
    limitLog.refused(address, refusal.status(), reason, kind, detail);
  }

  /** No line a handshake: a whole fleet may ask. That the database is away is said already. */
  Decision failed(Throwable failure) {
    Throwable why =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (why instanceof DatabaseException) {
      LOG.debug("A handshake is refused: {}", why.getMessage());
      return unavailable();
    }
    long now = ticks.getAsLong();
    long told = toldAt.get();
    if (now - told >= TELL_AGAIN && toldAt.compareAndSet(told, now)) {
      LOG.error("A handshake failed; further ones are told of after a minute", why);
    }
    return refused("failed", Refusal.FAILED);
  }

  private Decision unavailable() {
    return refused("unavailable", Refusal.UNAVAILABLE.retryAfter(RETRY.plus(gate.slot())));
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
