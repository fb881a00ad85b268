package io.mooring.hub.web;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.admission.RefusalLog;
import io.mooring.hub.admission.WrongTokens;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.secret.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpStatus;

/**
 * What keys and session cookies meet before the database is asked for them, as devices' tokens do:
 * an address that guesses is turned away, and is not logged line by line. Safe for all threads.
 */
public final class CredentialGuard {
  private final WrongTokens wrong;
  private final KnownIds known;
  private final RefusalLog log;
  private final Metrics metrics;

  /**
   * @param known shared with whoever makes credentials
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public CredentialGuard(SocketLimits limits, KnownIds known, LongSupplier ticks, Metrics metrics) {
    this.known = known;
    this.metrics = metrics;
    this.wrong = new WrongTokens(limits, known, ticks);
    this.log = new RefusalLog("request", ticks);
  }

  /** Tells the log what has gathered; called now and then. */
  public void sweep() {
    log.sweep();
  }

  /** Learns the keys that there are; blocks. */
  public void learn(ApiKeys keys, EnrolmentKeyStore enrolmentKeys) {
    keys.list().forEach(key -> known.add(key.id()));
    enrolmentKeys.list().forEach(key -> known.add(key.id()));
  }

  /** Refuses with 429 where too many wrong ones came from this address. */
  void admit(Secret.Kind kind, String presented, String address) {
    String id = Secret.parse(kind, presented).map(Secret::id).orElse("");
    Optional<Duration> closed = wrong.closedFor(address, id);
    if (closed.isPresent()) {
      metrics.credentials.refused.labelValues("too-many").inc();
      long seconds = closed.get().toSeconds();
      throw new Refusal(
          Problem.of(
              HttpStatus.TOO_MANY_REQUESTS_429,
              "too-many-wrong-keys",
              "Too many wrong keys",
              "Wait %d seconds and try again with the right one.".formatted(seconds)),
          Map.of("Retry-After", Long.toString(seconds)));
    }
  }

  /** There is no such credential. */
  void guessed(String address) {
    wrong.wrong(address);
  }

  /** There is; it was just made, or has opened. */
  void known(String id) {
    known.add(id);
  }

  /** A cookie's session is not there any more: everyday, so it is counted and not logged. */
  void sessionEnded() {
    metrics.credentials.refused.labelValues("session-ended").inc();
  }

  /**
   * A sign-in was refused; metrics count these by themselves.
   *
   * @param detail what the log adds; empty or with a comma before it
   */
  void signInRefused(String address, int status, String why, String detail) {
    log.refused(address, status, "sign-in " + why, detail);
  }

  /** The key of this id was refused, whatever the reason. */
  void refused(String address, String id) {
    wrong.refused(address, id);
  }

  /**
   * @param detail what the log adds; empty or with a comma before it
   */
  void refused(String address, int status, String reason, String detail) {
    metrics.credentials.refused.labelValues(reason).inc();
    log.refused(address, status, reason, detail);
  }
}
