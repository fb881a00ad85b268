package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.admission.RefusalLog;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.gateway.Handshake.Decision;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a handshake meets before its token is looked up, and what is told of wrong tokens. */
class TokenHandshakeTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private static final String BAD =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  private final FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));
  private final Metrics metrics = new Metrics();
  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final KnownIds known = new KnownIds();
  private boolean databaseAway;

  @BeforeEach
  void listen() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  private TokenHandshake handshake(int perSecond, int wrongTokens) {
    SocketLimits limits = new SocketLimits(perSecond, 10, 2, 10, 5, wrongTokens, 60, 100, 10_000);
    return new TokenHandshake(
        new DeviceAuthenticator(DATABASE.database(), DATABASE.database()),
        limits,
        known,
        () -> databaseAway,
        time,
        time,
        metrics);
  }

  private static Decision decide(TokenHandshake handshake, String token) {
    return handshake.decide("Bearer " + token, "192.0.2.7").join();
  }

  private static Refusal refusal(TokenHandshake handshake, String token) {
    return ((Decision.Refused) decide(handshake, token)).refusal();
  }

  private double refused(String reason) {
    return metrics.handshakesRefused.labelValues(reason).get();
  }

  private static String token(String device) {
    return new DeviceTokens(DATABASE.database(), new Random(device.hashCode()), (_, _) -> {})
        .issue(
            new Sql(DATABASE).device(device), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
        .secret()
        .reveal();
  }

  @Test
  void anAddressThatGuessesIsTurnedAwayAndItsDevicesAreNot() {
    TokenHandshake handshake = handshake(0, 3);
    String good = token("d1");
    assertThat(decide(handshake, good)).isInstanceOf(Decision.Welcome.class);
    for (int i = 0; i < 3; i++) {
      assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
    }
    double lookedAt = metrics.handshakesAdmitted.get();
    Refusal closed = refusal(handshake, BAD);
    assertThat(closed.status()).isEqualTo(429);
    assertThat(closed.retry()).isEqualTo(Duration.ofSeconds(60));
    assertThat(refused("wrong-tokens")).isEqualTo(1);
    assertThat(metrics.handshakesAdmitted.get()).as("looked at").isEqualTo(lookedAt);
    assertThat(decide(handshake, good)).isInstanceOf(Decision.Welcome.class);
    time.advance(Duration.ofSeconds(60));
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
  }

  /** After a restart, a rotation or an enrolment nobody has seen the token open anything. */
  @Test
  void aTokenThatExistsIsLookedAtAlsoBeforeItHasOpenedAnything() {
    TokenHandshake handshake = handshake(0, 1);
    String good = token("d1");
    refusal(handshake, BAD);
    assertThat(refusal(handshake, good).status()).isEqualTo(429);
    new DeviceAuthenticator(DATABASE.database(), DATABASE.database())
        .valid(10, time.instant())
        .forEach(known::add);
    assertThat(decide(handshake, good)).isInstanceOf(Decision.Welcome.class);
  }

  /** A fleet whose tokens have had their day must not shut its neighbours out. */
  @Test
  void whoKnowsTheSecretGuessesNothing() {
    TokenHandshake handshake = handshake(0, 3);
    String old = token("d1");
    String older = token("d2");
    DATABASE.execute("UPDATE device_token SET revoked_at = now(), revoked_cause = 'operator'");
    assertThat(refusal(handshake, old).status()).isEqualTo(401);
    assertThat(refusal(handshake, older).status()).isEqualTo(401);
    DATABASE.execute("UPDATE device_token SET revoked_at = NULL, expires_at = '2020-01-01'");
    assertThat(refusal(handshake, old).status()).isEqualTo(401);
    assertThat(refusal(handshake, older).status()).isEqualTo(401);
    assertThat(refusal(handshake, "mistyped").status()).isEqualTo(401);
    assertThat(refusal(handshake, "mistyped").status()).isEqualTo(401);
    assertThat(refused("wrong-tokens")).isZero();
    DATABASE.execute("UPDATE device_token SET secret_hash = sha256('another')");
    assertThat(refusal(handshake, old).status()).isEqualTo(401);
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
    assertThat(refusal(handshake, BAD).status()).isEqualTo(429);
  }

  /** Whoever has a token that was revoked must not keep a fleet out with it. */
  @Test
  void aRefusedTokenTakesNothingOfTheFleetsRate() {
    TokenHandshake handshake = handshake(100, 3);
    String stolen = token("d1");
    String good = token("d2");
    DATABASE.execute(
        "UPDATE device_token SET revoked_at = now(), revoked_cause = 'operator'"
            + " WHERE device_key = (SELECT key FROM device WHERE id = 'd1')");
    for (int i = 0; i < 1_000; i++) {
      refusal(handshake, stolen);
    }
    assertThat(refused("wrong-tokens")).isEqualTo(997);
    assertThat(decide(handshake, good)).isInstanceOf(Decision.Welcome.class);
  }

  @Test
  void whoIsShutOutComesBackOneAfterTheOther() {
    TokenHandshake handshake = handshake(10_000, 1);
    refusal(handshake, BAD);
    List<Duration> waits =
        IntStream.range(0, 100).mapToObj(_ -> refusal(handshake, BAD).retry()).toList();
    assertThat(waits).isSorted().doesNotHaveDuplicates();
    assertThat(waits.getFirst()).isGreaterThan(Duration.ofSeconds(60));
  }

  /** A fault of ours is not taken for a database that is away. */
  @Test
  void whatIsNoMatterOfTheDatabaseIsAnErrorToldOnce() {
    ListAppender<ILoggingEvent> errors = new ListAppender<>();
    errors.start();
    Logger own = (Logger) LoggerFactory.getLogger(TokenHandshake.class);
    own.addAppender(errors);
    DATABASE.execute("ALTER TABLE device_token RENAME COLUMN unproven TO gone");
    try {
      assertThat(refusal(handshake(0, 10), BAD).status()).isEqualTo(503);
      assertThat(errors.list).isEmpty();
      TokenHandshake handshake = handshake(0, 10);
      for (int i = 0; i < 3; i++) {
        Decision decision = handshake.failed(new IllegalStateException("a fault"));
        assertThat(((Decision.Refused) decision).refusal().status()).isEqualTo(500);
      }
      assertThat(errors.list).hasSize(1);
      time.advance(Duration.ofMinutes(1));
      handshake.failed(new CompletionException(new AssertionError()));
      assertThat(errors.list).hasSize(2);
    } finally {
      DATABASE.execute("ALTER TABLE device_token RENAME COLUMN gone TO unproven");
      own.detachAppender(errors);
    }
  }

  @Test
  void aStormIsToldWhenToComeBack() {
    TokenHandshake handshake = handshake(10, 1_000_000);
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
    for (int i = 1; i <= 80; i++) {
      Refusal refusal = refusal(handshake, BAD);
      assertThat(refusal.status()).isEqualTo(503);
      assertThat(refusal.retry()).isEqualTo(Duration.ofMillis(125L * i));
    }
    assertThat(refused("too-many")).isEqualTo(80);
    time.advance(Duration.ofMillis(112));
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
  }

  @Test
  void withoutADatabaseEachIsToldAMomentOfItsOwn() {
    TokenHandshake handshake = handshake(10_000, 10);
    databaseAway = true;
    List<Duration> waits =
        IntStream.range(0, 100).mapToObj(_ -> refusal(handshake, BAD).retry()).toList();
    assertThat(waits).isSorted().doesNotHaveDuplicates();
    assertThat(waits.getFirst()).isGreaterThan(Duration.ofSeconds(5));
    assertThat(refused("unavailable")).isEqualTo(100);
    databaseAway = false;
    assertThat(refusal(handshake, BAD).status()).isEqualTo(401);
  }

  /** Whoever has found a token somewhere has its id, and wants to know whose it is. */
  @Test
  void aRefusedTokenIsLoggedWithItsDeviceAndToldWhenItIsEarly() {
    String token = token("d1");
    DATABASE.execute("UPDATE device_token SET revoked_at = now(), revoked_cause = 'operator'");
    refusal(handshake(0, 10), token);
    assertThat(log.list.getFirst().toString())
        .endsWith("401: revoked, token " + token.substring(4, 16) + " of d1");
    DATABASE.execute("UPDATE device_token SET not_before = '2026-11-27Z', revoked_at = NULL");
    assertThat(refusal(handshake(0, 10), token).detail())
        .isEqualTo("It is valid from 2026-11-27T00:00:00Z; try again then");
  }

  /** A fleet at a limit must neither flood the log nor hide a wrong token in it. */
  @Test
  void limitsAreLoggedAndThrottledByThemselves() {
    TokenHandshake handshake = handshake(0, 10);
    handshake.limited("device-full", Refusal.DEVICE_FULL, "192.0.2.7", "d1");
    handshake.limited("full", Refusal.FULL, "192.0.2.8", null);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "A handshake from 192.0.2.7 is refused with 429: device-full, d1",
            "A handshake from 192.0.2.8 is refused with 503: full");
    for (int i = 0; i < 15_000; i++) {
      handshake.limited("full", Refusal.FULL, "192.0.2.8", null);
    }
    assertThat(log.list).hasSize(10);
    refusal(handshake, BAD);
    assertThat(log.list).hasSize(11).last().asString().contains("401: unknown");
    time.advance(Duration.ofMinutes(1));
    handshake.sweep();
    assertThat(log.list).last().asString().contains("14992 more handshakes").contains("full=14992");
  }

  @Test
  void wrongTokensAndTooManyAreLoggedWithWhomTheyHit() {
    TokenHandshake handshake = handshake(10, 1);
    refusal(handshake, BAD);
    refusal(handshake, BAD);
    assertThat(log.list).last().asString().endsWith("429: wrong-tokens, token Example00001");
    handshake.decide("Bearer " + BAD, "192.0.2.8").join();
    assertThat(log.list).last().asString().endsWith("192.0.2.8 is refused with 503: too-many");
  }

  @Test
  void wrongTokensDoNotFloodTheLog() {
    TokenHandshake handshake = handshake(0, 1_000_000);
    for (int i = 0; i < 500; i++) {
      decide(handshake, BAD);
      handshake.decide("Bearer mistyped", "192.0.2.8").join();
    }
    assertThat(log.list).hasSize(10);
    time.advance(Duration.ofMinutes(1));
    handshake.sweep();
    handshake.sweep();
    assertThat(log.list)
        .hasSize(11)
        .last()
        .hasToString(
            "[WARN] 990 more handshakes were refused within a minute, by reason:"
                + " {malformed=495, unknown=495}");
    decide(handshake, BAD);
    assertThat(log.list).last().asString().contains("192.0.2.7 is refused with 401: unknown");
  }

  @Test
  void everyReasonIsCountedFromTheStart() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metrics.write(out);
    for (String reason :
        List.of("address-full", "device-full", "too-many", "wrong-tokens", "unavailable")) {
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("mooring_handshakes_refused_total{reason=\"" + reason + "\"} 0.0");
    }
  }
}
