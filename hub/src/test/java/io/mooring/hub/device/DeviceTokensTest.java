package io.mooring.hub.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.device.DeviceAuthenticator.Reason;
import io.mooring.hub.device.DeviceAuthenticator.Result;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceTokensTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final String FROM = "192.0.2.9";

  private final List<String> ended = new ArrayList<>();
  private final DeviceTokens tokens =
      new DeviceTokens(
          DATABASE.database(), new SecureRandom(), (key, token) -> ended.add(key + " " + token));
  private final DeviceAuthenticator authenticator =
      new DeviceAuthenticator(DATABASE.database(), DATABASE.database());
  private int key;

  @BeforeEach
  void device() {
    DATABASE.execute("DELETE FROM device");
    key =
        new DeviceStore(DATABASE.database())
            .create("pump-7", "Pump", Map.of(), Actors.ANNA, NOW)
            .orElseThrow()
            .key();
  }

  @Test
  void issuedTokenOpens() {
    DeviceTokens.Issued issued = issue(NOW, null);

    assertThat(authenticate(issued, NOW))
        .isEqualTo(new Result.Authenticated(key, "pump-7", issued.token().id(), null, false));
  }

  /** The revocation is under way when the next token is to be handed over. */
  @Test
  void noNextTokenComesOfATokenThatIsBeingRevoked() throws SQLException {
    String old = issue(NOW, null).token().id();
    DATABASE.execute(
        "INSERT INTO token_rotation (device_key, state, asked_at, changed_at)"
            + " VALUES (%d, 'asked', now(), now())".formatted(key));
    TokenRotationStore rotation =
        new TokenRotationStore(DATABASE.database(), new SecureRandom(), 9, _ -> {});
    try (Connection revoking = DATABASE.database().openOwn()) {
      revoking.setAutoCommit(false);
      revoking
          .createStatement()
          .execute("UPDATE device_token SET revoked_at = now(), revoked_cause = 'operator'");
      var handedOver = CompletableFuture.supplyAsync(() -> rotation.handOver(key, 1, old, NOW));
      awaitBlocked(handedOver);
      revoking.commit();
      assertThat(handedOver.join()).isEmpty();
    }
    assertThat(validTokens()).isZero();
  }

  /** The next token is being handed over when the revocation comes. */
  @Test
  void theNextTokenThatIsBeingHandedOverIsRevokedToo() throws SQLException {
    String old = issue(NOW, null).token().id();
    try (Connection handingOver = DATABASE.database().openOwn()) {
      handingOver.setAutoCommit(false);
      handingOver
          .createStatement()
          .execute(
              "SELECT FROM device_token FOR UPDATE; INSERT INTO device_token (id, device_key, name,"
                  + " secret_hash, created_at, not_before, replaces, unproven) SELECT 'next',"
                  + " device_key, name, sha256('y'), now(), now(), id, true FROM device_token");
      var revoked = CompletableFuture.supplyAsync(() -> tokens.revoke(key, old, Actors.ANNA, NOW));
      awaitBlocked(revoked);
      handingOver.commit();
      assertThat(revoked.join()).isTrue();
    }
    assertThat(validTokens()).isZero();
    assertThat(ended).contains(key + " next");
  }

  private long validTokens() {
    return new Sql(DATABASE).number("SELECT count(*) FROM device_token WHERE revoked_at IS NULL");
  }

  /** By the lock of another, unless it needs none. */
  private static void awaitBlocked(CompletableFuture<?> done) {
    await()
        .until(
            () ->
                done.isDone()
                    || new Sql(DATABASE)
                            .number(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database()")
                        > 0);
  }

  @Test
  void nothingStoredOrPrintedGivesTheSecretAway() {
    DeviceTokens.Issued issued = issue(NOW, null);
    String secret = issued.secret().reveal().substring(17);

    assertThat(issued.toString()).doesNotContain(secret);
    String dump =
        DATABASE
            .database()
            .query(
                connection -> {
                  try (var select =
                          connection.prepareStatement("SELECT t::text FROM device_token t");
                      var row = select.executeQuery()) {
                    row.next();
                    return row.getString(1);
                  }
                });
    assertThat(dump).contains(issued.token().id()).doesNotContain(secret.substring(0, 43));
  }

  @Test
  void malformedAndUnknownTokensAreRefused() {
    DeviceTokens.Issued issued = issue(NOW, null);
    String text = issued.secret().reveal();
    Secret stranger = Secret.random(Secret.Kind.DEVICE_TOKEN, new SecureRandom());

    assertThat(authenticator.authenticate(text.substring(0, text.length() - 1), FROM, NOW).join())
        .isEqualTo(new Result.Refused(Reason.MALFORMED, null, null, null));
    assertThat(authenticator.authenticate("", FROM, NOW).join())
        .isEqualTo(new Result.Refused(Reason.MALFORMED, null, null, null));
    assertThat(authenticator.authenticate(stranger.reveal(), FROM, NOW).join())
        .isEqualTo(new Result.Refused(Reason.UNKNOWN, stranger.id(), null, null));
  }

  @Test
  void wrongSecretIsRefused() {
    DeviceTokens.Issued issued = issue(NOW, null);
    DATABASE.execute("UPDATE device_token SET secret_hash = sha256('another')");

    assertThat(authenticate(issued, NOW)).isEqualTo(refused(Reason.WRONG_SECRET, issued));
  }

  @Test
  void validityHasABeginningAndAnEnd() {
    DeviceTokens.Issued issued =
        issue(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));

    assertThat(authenticate(issued, NOW.plusSeconds(3_539)))
        .isEqualTo(refused(Reason.NOT_YET_VALID, issued));
    assertThat(authenticate(issued, NOW.plusSeconds(3_540)))
        .as("clocks step back a little")
        .isInstanceOf(Result.Authenticated.class);
    assertThat(authenticate(issued, NOW.plusSeconds(3_600)))
        .isInstanceOf(Result.Authenticated.class);
    assertThat(authenticate(issued, NOW.plusSeconds(7_200)))
        .isEqualTo(refused(Reason.EXPIRED, issued));
  }

  @Test
  void revokedTokenOpensNothingAndEndsItsSession() {
    DeviceTokens.Issued issued = issue(NOW, null);

    assertThat(tokens.revoke(key, issued.token().id(), Actors.ANNA, NOW)).isTrue();

    assertThat(authenticate(issued, NOW)).isEqualTo(refused(Reason.REVOKED, issued));
    assertThat(ended).containsExactly(key + " " + issued.token().id());
    assertThat(tokens.list(key).getFirst().revokedAt()).isEqualTo(NOW);
    assertThat(tokens.list(key).getFirst().revokedCause()).isEqualTo("operator");
  }

  @Test
  void aDeviceHasOnlySoManyValidTokens() {
    DeviceTokens few = new DeviceTokens(DATABASE.database(), new SecureRandom(), (_, _) -> {}, 2);
    Instant soon = NOW.plusSeconds(60);
    few.issue(key, "", NOW, soon, Actors.ANNA, NOW);
    String second = few.issue(key, "", NOW, null, Actors.ANNA, NOW).token().id();
    assertThatThrownBy(() -> few.issue(key, "", NOW, null, Actors.ANNA, NOW))
        .isInstanceOf(DeviceTokens.TooMany.class);
    few.issue(key, "", NOW, null, Actors.ANNA, soon);
    few.revoke(key, second, Actors.ANNA, soon);
    few.issue(key, "", NOW, null, Actors.ANNA, soon);
    assertThat(tokens.list(key)).hasSize(4);
  }

  /** Who has stolen it may have got the next one in its session. */
  @Test
  void withATokenGoTheNextOnesThatItsSessionsWereHanded() {
    DeviceTokens.Issued issued = issue(NOW, null);
    String stolen = issued.token().id();
    for (String next : List.of("handed-1", "handed-2", "proven")) {
      DATABASE.execute(
          "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before,"
              + " replaces, unproven) SELECT '%s', device_key, name, secret_hash, created_at,"
                  .formatted(next)
              + " not_before, id, %s FROM device_token WHERE id = '%s'"
                  .formatted(!next.equals("proven"), stolen));
    }
    assertThat(tokens.revoke(key, stolen, Actors.ANNA, NOW)).isTrue();
    assertThat(ended)
        .containsExactlyInAnyOrder(key + " " + stolen, key + " handed-1", key + " handed-2");
    assertThat(tokens.list(key).stream().filter(token -> token.revokedAt() == null))
        .extracting(DeviceToken::id)
        .containsExactly("proven");
  }

  @Test
  void anotherDevicesTokenIsNotRevoked() {
    DeviceTokens.Issued issued = issue(NOW, null);

    assertThat(tokens.revoke(key + 1, issued.token().id(), Actors.ANNA, NOW)).isFalse();

    assertThat(authenticate(issued, NOW)).isInstanceOf(Result.Authenticated.class);
    assertThat(ended).isEmpty();
  }

  @Test
  void disabledDeviceStaysOutside() {
    DeviceTokens.Issued issued = issue(NOW, null);
    DATABASE.execute("UPDATE device SET enabled = false");

    assertThat(authenticate(issued, NOW)).isEqualTo(refused(Reason.DEVICE_DISABLED, issued));
  }

  @Test
  void lastUseIsWrittenOnceInFiveMinutes() {
    DeviceTokens.Issued issued = issue(NOW, null);
    DeviceTokens.Issued other = issue(NOW, null);

    authenticate(issued, NOW);
    assertThat(tokens.list(key).getFirst().lastUsedAt()).isNull();
    authenticator.uses().write();
    assertThat(lastUse(issued)).isEqualTo(NOW + " 192.0.2.9");
    assertThat(lastUse(other)).isEqualTo("null null");

    authenticate(issued, NOW.plusSeconds(299));
    authenticator.uses().write();
    assertThat(lastUse(issued)).isEqualTo(NOW + " 192.0.2.9");

    authenticate(issued, NOW.plusSeconds(300));
    authenticator.uses().write();
    assertThat(lastUse(issued)).isEqualTo(NOW.plusSeconds(300) + " 192.0.2.9");
  }

  @Test
  void aTokenThatIsRefusedIsNotUsed() {
    DeviceTokens.Issued issued = issue(NOW.plusSeconds(61), null);

    authenticate(issued, NOW);
    authenticator.uses().write();

    assertThat(lastUse(issued)).isEqualTo("null null");
  }

  private String lastUse(DeviceTokens.Issued issued) {
    return tokens.list(key).stream()
        .filter(token -> token.id().equals(issued.token().id()))
        .map(token -> token.lastUsedAt() + " " + token.lastUsedAddress())
        .findFirst()
        .orElseThrow();
  }

  private DeviceTokens.Issued issue(Instant notBefore, @Nullable Instant expiresAt) {
    return tokens.issue(key, "factory", notBefore, expiresAt, Actors.ANNA, NOW);
  }

  private Result authenticate(DeviceTokens.Issued issued, Instant at) {
    return authenticator.authenticate(issued.secret().reveal(), FROM, at).join();
  }

  private static Result refused(Reason reason, DeviceTokens.Issued issued) {
    Instant notBefore = reason == Reason.NOT_YET_VALID ? issued.token().notBefore() : null;
    return new Result.Refused(reason, issued.token().id(), "pump-7", notBefore);
  }
}
