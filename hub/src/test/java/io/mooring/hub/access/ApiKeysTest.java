package io.mooring.hub.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.ApiKeys.Reason;
import io.mooring.hub.access.ApiKeys.Result;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final ApiKeys keys = new ApiKeys(DATABASE.database(), new SecureRandom());

  @Test
  void createdKeyOpensWithItsScopes() {
    ApiKeys.Issued issued = create();

    assertThat(keys.authenticate(issued.secret().reveal(), NOW))
        .isEqualTo(new Result.Authenticated(issued.key()));
    assertThat(issued.key().scopes()).containsExactlyInAnyOrder(Scope.DEVICES_READ, Scope.ADMIN);
    assertThat(keys.list()).contains(issued.key());
  }

  @Test
  void truncatedAndChangedKeysAreRefused() {
    ApiKeys.Issued issued = create();
    String text = issued.secret().reveal();

    assertThat(keys.authenticate(text.substring(0, 40), NOW))
        .isEqualTo(new Result.Refused(Reason.MALFORMED, null));
    DATABASE.execute(
        "UPDATE api_key SET secret_hash = sha256('x') WHERE id = '" + issued.key().id() + "'");
    assertThat(keys.authenticate(text, NOW))
        .isEqualTo(new Result.Refused(Reason.UNKNOWN, issued.key().id()));
  }

  @Test
  void expires() {
    ApiKeys.Issued issued = keys.create("short", Set.of(Scope.ADMIN), NOW.plusSeconds(10), NOW);

    assertThat(authenticate(issued, NOW.plusSeconds(9))).isInstanceOf(Result.Authenticated.class);
    assertThat(authenticate(issued, NOW.plusSeconds(10)))
        .isEqualTo(new Result.Refused(Reason.EXPIRED, issued.key().id()));
  }

  @Test
  void revocationHereActsAtOnce() {
    ApiKeys.Issued issued = create();
    authenticate(issued, NOW);

    assertThat(keys.revoke(issued.key().id(), NOW)).isTrue();

    assertThat(authenticate(issued, NOW))
        .isEqualTo(new Result.Refused(Reason.REVOKED, issued.key().id()));
    assertThat(keys.revoke("nobody", NOW)).isFalse();
  }

  @Test
  void revocationElsewhereActsWithinASecond() {
    ApiKeys.Issued issued = create();
    authenticate(issued, NOW);
    ApiKeys otherNode = new ApiKeys(DATABASE.database(), new SecureRandom());

    otherNode.revoke(issued.key().id(), NOW);

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
    new ApiKeys(DATABASE.database(), new SecureRandom()).revoke(issued.key().id(), NOW);

    assertThat(authenticate(issued, NOW.minusSeconds(60))).isInstanceOf(Result.Refused.class);
  }

  private Result authenticate(ApiKeys.Issued issued, Instant at) {
    return keys.authenticate(issued.secret().reveal(), at);
  }

  private ApiKeys.Issued create() {
    return keys.create("test", Set.of(Scope.DEVICES_READ, Scope.ADMIN), null, NOW);
  }
}
