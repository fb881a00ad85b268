package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.hub.admission.RefusalLog;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.testing.Sql;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Keys and cookies that somebody guesses: right in shape, and unknown. */
class CredentialGuardTest {
  private static final String DEVICES = "/api/v1/devices";

  private final Random random = new Random(3);

  private Api guess(TestHub hub, Secret.Kind kind) {
    String secret = Secret.random(kind, random).reveal();
    return kind == Secret.Kind.API_KEY
        ? hub.anonymous().with("Authorization", "Bearer " + secret)
        : new Api(hub.base(), Map.of("Cookie", "mooring_session=" + secret));
  }

  @Test
  void anAddressThatGuessesIsTurnedAwayBeforeTheDatabaseIsAsked() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    logger.addAppender(log);
    try (TestHub hub = new TestHub()) {
      Api admin = hub.admin();
      Api page = hub.signedIn("viewer");
      Api revoked = hub.revokedKey();
      assertThat(admin.get(DEVICES).status()).isEqualTo(200);
      for (int i = 0; i < 60; i++) {
        assertThat(revoked.get(DEVICES).status()).isEqualTo(401);
        assertThat(guess(hub, Secret.Kind.API_KEY).get(DEVICES).status()).isEqualTo(401);
      }
      for (int i = 0; i < 40; i++) {
        assertThat(guess(hub, Secret.Kind.USER_SESSION).get(DEVICES).status()).isEqualTo(401);
      }
      assertThat(log.list).hasSizeLessThanOrEqualTo(10);
      long asked = queries(hub);
      for (Secret.Kind kind : new Secret.Kind[] {Secret.Kind.API_KEY, Secret.Kind.USER_SESSION}) {
        Api.Answer closed = guess(hub, kind).get(DEVICES);
        assertThat(closed.status()).isEqualTo(429);
        assertThat(closed.header("Retry-After")).isNotEmpty();
      }
      assertThat(queries(hub)).isEqualTo(asked);
      assertThat(refused(hub, "too-many")).isEqualTo(2);
      assertThat(refused(hub, "revoked")).isEqualTo(60);
      assertThat(refused(hub, "unknown")).isEqualTo(60);
      assertThat(refused(hub, "session-ended")).isEqualTo(40);
      assertThat(admin.get(DEVICES).status()).isEqualTo(200);
      assertThat(page.get(DEVICES).status()).isEqualTo(200);
    } finally {
      logger.detachAppender(log);
    }
  }

  /** Some people type their password where their name belongs. */
  @Test
  void refusedSignInsNameUsersAndNothingElse() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    logger.addAppender(log);
    try (TestHub hub = new TestHub()) {
      assertThat(hub.signIn("VIEWER", "wrong").status()).isEqualTo(401);
      assertThat(hub.signIn("MySecret1", "wrong").status()).isEqualTo(401);
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .satisfiesExactly(
              line -> assertThat(line).endsWith("401: sign-in wrong, user viewer"),
              line -> assertThat(line).endsWith("401: sign-in wrong"));
    } finally {
      logger.detachAppender(log);
    }
  }

  /** Anybody may sign in wrongly as often as he likes. */
  @Test
  void refusedSignInsDoNotFloodTheLog() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger root = (Logger) LoggerFactory.getLogger("io.mooring");
    root.addAppender(log);
    try (TestHub hub = new TestHub()) {
      for (int i = 0; i < 50; i++) {
        assertThat(hub.signIn("nobody", "wrong").status()).isIn(401, 429);
      }
      assertThat(log.list)
          .filteredOn(
              event -> event.getFormattedMessage().toLowerCase(Locale.ROOT).contains("sign-in"))
          .hasSizeBetween(1, 10);
    } finally {
      root.detachAppender(log);
    }
  }

  private static double refused(TestHub hub, String reason) {
    return hub.metrics.credentials.refused.labelValues(reason).get();
  }

  /** Reads of the two tables, as far as PostgreSQL has counted them. */
  private static long queries(TestHub hub) {
    hub.database.execute("SELECT pg_stat_clear_snapshot()");
    return new Sql(hub.database)
        .number(
            "SELECT sum(coalesce(idx_scan, 0) + seq_scan) FROM pg_stat_user_tables"
                + " WHERE relname IN ('api_key', 'user_session')");
  }
}
