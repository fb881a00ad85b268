package io.mooring.hub.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.ApiKeys.Reason;
import io.mooring.hub.access.ApiKeys.Result;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final ApiKeys keys = new ApiKeys(DATABASE.database(), new SecureRandom());

  @Test
  void createdKeyOpensWithItsScopes() {
    ApiKeys.Issued issued = create();

    assertThat(keys.list()).contains(issued.key());
    assertThat(keys.authenticate(issued.secret().reveal(), "192.0.2.9", NOW))
        .isEqualTo(new Result.Authenticated(issued.key()));
    assertThat(issued.key().scopes()).containsExactlyInAnyOrder(Scope.DEVICES_READ, Scope.ADMIN);
  }

  @Test
  void theLastUseIsNotedOnceAMinuteHoweverManyAsk() {
    ApiKeys.Issued issued = create();
    String xmin = "SELECT xmin FROM api_key WHERE id = '" + issued.key().id() + "'";
    Sql sql = new Sql(DATABASE);
    authenticate(issued, NOW);
    String noted = sql.text(xmin);

    for (int second = 0; second < 60; second++) {
      authenticate(issued, NOW.plusSeconds(second));
    }
    assertThat(sql.text(xmin)).as("not written again").isEqualTo(noted);
    assertThat(lastUse(issued)).isEqualTo(NOW);
    authenticate(issued, NOW.plusSeconds(60));
    assertThat(lastUse(issued)).isEqualTo(NOW.plusSeconds(60));
  }

  private @Nullable Instant lastUse(ApiKeys.Issued issued) {
    return keys.list().stream()
        .filter(key -> key.id().equals(issued.key().id()))
        .findFirst()
        .orElseThrow()
        .lastUsedAt();
  }

  @Test
  void truncatedAndChangedKeysAreRefused() {
    ApiKeys.Issued issued = create();
    String text = issued.secret().reveal();

    assertThat(keys.authenticate(text.substring(0, 40), "192.0.2.9", NOW))
        .isEqualTo(new Result.Refused(Reason.MALFORMED, null));
    DATABASE.execute(
        "UPDATE api_key SET secret_hash = sha256('x') WHERE id = '" + issued.key().id() + "'");
    assertThat(keys.authenticate(text, "192.0.2.9", NOW))
        .isEqualTo(new Result.Refused(Reason.UNKNOWN, issued.key().id()));
  }

  @Test
  void expires() {
    ApiKeys.Issued issued =
        keys.create("short", Set.of(Scope.ADMIN), NOW.plusSeconds(10), null, Actors.ANNA, NOW);

    assertThat(authenticate(issued, NOW.plusSeconds(9))).isInstanceOf(Result.Authenticated.class);
    assertThat(authenticate(issued, NOW.plusSeconds(10)))
        .isEqualTo(new Result.Refused(Reason.EXPIRED, issued.key().id()));
  }

  @Test
  void revocationHereActsAtOnce() {
    ApiKeys.Issued issued = create();
    authenticate(issued, NOW);

    assertThat(keys.revoke(issued.key().id(), Actors.ANNA, NOW)).isTrue();

    assertThat(authenticate(issued, NOW))
        .isEqualTo(new Result.Refused(Reason.REVOKED, issued.key().id()));
    assertThat(keys.revoke("nobody", Actors.ANNA, NOW)).isFalse();
  }

  @Test
  void revocationElsewhereActsWithinASecond() {
    ApiKeys.Issued issued = create();
    authenticate(issued, NOW);
    ApiKeys otherNode = new ApiKeys(DATABASE.database(), new SecureRandom());

    otherNode.revoke(issued.key().id(), Actors.ANNA, NOW);

    assertThat(ApiKeys.STALENESS).isLessThan(Duration.ofSeconds(1));
    assertThat(authenticate(issued, NOW.plusMillis(499)))
        .as("remembered: no query a call")
        .isInstanceOf(Result.Authenticated.class);
    assertThat(authenticate(issued, NOW.plusMillis(500))).isInstanceOf(Result.Refused.class);
  }

  @Test
  void aClockSetBackDoesNotKeepARevokedKeyAlive() {
    ApiKeys.Issued issued = create();
    authenticate(issued, NOW);
    new ApiKeys(DATABASE.database(), new SecureRandom())
        .revoke(issued.key().id(), Actors.ANNA, NOW);

    assertThat(authenticate(issued, NOW.minusSeconds(60))).isInstanceOf(Result.Refused.class);
  }

  private Result authenticate(ApiKeys.Issued issued, Instant at) {
    return keys.authenticate(issued.secret().reveal(), "192.0.2.9", at);
  }

  private ApiKeys.Issued create() {
    return keys.create(
        "test", Set.of(Scope.DEVICES_READ, Scope.ADMIN), null, null, Actors.ANNA, NOW);
  }
}
