package io.mooring.hub.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.access.UserPasswords.Verdict;
import io.mooring.hub.access.Users.Outcome;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsersTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);

  private final SecureRandom random = new SecureRandom();
  private final Passwords hashes = new Passwords(1_000, random);
  private final Users users = new Users(DATABASE.database(), hashes, random, WEEK);
  private final UserPasswords passwords = new UserPasswords(DATABASE.database(), hashes, 12);
  private final UserSessions sessions =
      new UserSessions(DATABASE.database(), random, Duration.ofHours(12));
  private final Sql sql = new Sql(DATABASE);

  @BeforeEach
  void empty() {
    DATABASE.execute("DELETE FROM user_account");
  }

  @Test
  void theFirstUserIsMadeOnce() {
    String password = users.createFirst(false, Actors.ANNA, NOW).orElseThrow();

    User first = right("admin", password).user();
    assertThat(first.role()).isEqualTo(Role.ADMIN);
    assertThat(first.passwordExpiresAt()).isEqualTo(NOW.plus(WEEK));
    assertThat(users.createFirst(false, Actors.ANNA, NOW)).isEmpty();
  }

  /** As long, that is; time itself tells too little on a busy machine. */
  @Test
  void aSignInCostsAsMuchForANameThatNobodyHas() {
    invite("eve", Role.VIEWER);
    invite("off", Role.VIEWER);
    var _ = users.change("off", null, false, _ -> true, Actors.ANNA, NOW);
    assertThat(Stream.of("eve", "EVE", "off", "nobody", "", "no name!", "x".repeat(500)))
        .allSatisfy(name -> assertThat(costOf(name, "not the password")).isEqualTo(1_000));
    assertThat(Stream.of("eve", "nobody"))
        .allSatisfy(name -> assertThat(costOf(name, "x".repeat(1_000))).isZero());
  }

  private long costOf(String name, String password) {
    long before = hashes.computed();
    assertThat(passwords.verify(name, password, NOW)).isInstanceOf(Verdict.Wrong.class);
    return hashes.computed() - before;
  }

  @Test
  void theFirstAdminIsMadeBesideOthersWhoCameBefore() {
    invite("eve", Role.VIEWER);
    String password = users.createFirst(false, Actors.ANNA, NOW).orElseThrow();
    assertThat(right("admin", password).user().role()).isEqualTo(Role.ADMIN);
  }

  @Test
  void thePasswordOfADemoLasts() {
    String password = users.createFirst(true, Actors.ANNA, NOW).orElseThrow();
    assertThat(right("admin", password).user().mustChangePassword()).isFalse();
  }

  @Test
  void wrongPasswordsAndNamesAreRefused() {
    String password = invite("eve", Role.VIEWER);

    assertThat(passwords.verify("eve", password, NOW)).isInstanceOf(Verdict.Right.class);
    for (String[] wrong :
        new String[][] {
          {"eve", "wrong horse"},
          {"eve", ""},
          {"nobody", "nobody"},
          {"a\0b", "x"},
          {"eve", "x".repeat(10_000)}
        }) {
      assertThat(passwords.verify(wrong[0], wrong[1], NOW)).isInstanceOf(Verdict.Wrong.class);
    }
  }

  @Test
  void passwordHashesAreSaltedAndReadable() {
    String one = hashes.encode("secret");

    assertThat(one).matches("pbkdf2-sha256\\$1000\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
    assertThat(hashes.encode("secret")).isNotEqualTo(one);
    assertThat(new Passwords(2_000, random).matches("secret", one)).isTrue();
    assertThatThrownBy(() -> hashes.matches("secret", "plain"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knownHashOfAnotherImplementation() {
    // Python: base64(hashlib.pbkdf2_hmac('sha256', b'password', b'salt', 1000, 32))
    String hash = "YywoEuRtRgQQK6dhjp1tfS+BKPYma0oDJk0qBGC33LM";

    assertThat(hashes.matches("password", "pbkdf2-sha256$1000$c2FsdA$" + hash)).isTrue();
  }

  @Test
  void accentsCountHoweverTheyAreTyped() {
    assertThat(hashes.matches("cafe\u0301", hashes.encode("caf\u00e9"))).isTrue();
  }

  @Test
  void aHashThatHasBecomeCheapIsMadeAnewAtTheSignIn() {
    String password = invite("eve", Role.VIEWER);
    UserPasswords dearer = new UserPasswords(DATABASE.database(), new Passwords(2_000, random), 12);

    Verdict.Right proven = (Verdict.Right) dearer.verify("eve", password, NOW);

    assertThat(sql.text("SELECT password_hash FROM user_account"))
        .startsWith("pbkdf2-sha256$2000$")
        .isEqualTo(proven.hash);
    assertThat(sessions.open(proven, Actors.ANNA, NOW)).isPresent();
    assertThat(dearer.verify("eve", password, NOW)).isInstanceOf(Verdict.Right.class);
  }

  @Test
  void sessionLastsItsTime() {
    String cookie = signIn("eve", invite("eve", Role.OPERATOR));

    assertThat(sessions.authenticate(cookie, NOW.plusSeconds(12 * 3600 - 1)))
        .get()
        .extracting(User::role)
        .isEqualTo(Role.OPERATOR);
    assertThat(sessions.authenticate(cookie, NOW.plusSeconds(12 * 3600))).isEmpty();
    assertThat(sessions.authenticate(cookie + "x", NOW)).isEmpty();
  }

  @Test
  void closedSessionIsGone() {
    String cookie = signIn("eve", invite("eve", Role.OPERATOR));

    sessions.close(cookie, Actors.ANNA, NOW);

    assertThat(sessions.authenticate(cookie, NOW)).isEmpty();
  }

  /** The password was right when it was looked at; the session opens after it was taken away. */
  @Test
  void whatIsTakenAwayBetweenPasswordAndSessionOpensNothing() {
    invite("admin", Role.ADMIN);
    Verdict.Right reset = right("eve", invite("eve", Role.VIEWER));
    var _ = users.resetPassword("eve", Actors.ANNA, NOW);
    assertThat(sessions.open(reset, Actors.ANNA, NOW)).isEmpty();
    assertThat(passwords.change(reset, "another horse", Actors.ANNA, NOW)).isEmpty();

    Verdict.Right disabled = right("bob", invite("bob", Role.VIEWER));
    users.change("bob", null, false, _ -> true, Actors.ANNA, NOW);
    assertThat(sessions.open(disabled, Actors.ANNA, NOW)).isEmpty();
    assertThat(passwords.change(disabled, "another horse", Actors.ANNA, NOW)).isEmpty();

    Verdict.Right deleted = right("jim", invite("jim", Role.VIEWER));
    users.delete("jim", _ -> true, Actors.ANNA, NOW);
    assertThat(sessions.open(deleted, Actors.ANNA, NOW)).isEmpty();
    assertThat(sql.number("SELECT count(*) FROM user_session")).isZero();
  }

  @Test
  void twoAdminsCannotTurnEachOtherOffAtOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      DATABASE.execute("DELETE FROM user_account");
      invite("ada", Role.ADMIN);
      invite("bob", Role.ADMIN);
      CyclicBarrier together = new CyclicBarrier(2);
      List<CompletableFuture<Outcome>> both =
          Stream.of("ada", "bob")
              .map(
                  name ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            meet(together);
                            return users.delete(name, _ -> true, Actors.ANNA, NOW);
                          }))
              .toList();
      assertThat(both.stream().map(CompletableFuture::join))
          .filteredOn(outcome -> outcome instanceof Outcome.Done)
          .hasSize(1);
      assertThat(users.list()).hasSize(1);
    }
  }

  /** Who cannot sign in does not stand in for the last who can. */
  @Test
  void anAdminWhoseOneTimePasswordHasExpiredDoesNotCount() {
    var _ = users.createFirst(true, Actors.ANNA, NOW);
    invite("late", Role.ADMIN);
    Instant later = NOW.plus(WEEK);

    assertThat(users.delete("admin", _ -> true, Actors.ANNA, later))
        .isEqualTo(new Outcome.LastAdmin());
    assertThat(users.change("admin", Role.VIEWER, null, _ -> true, Actors.ANNA, later))
        .isEqualTo(new Outcome.LastAdmin());
    assertThat(users.delete("late", _ -> true, Actors.ANNA, later))
        .isInstanceOf(Outcome.Done.class);
  }

  @Test
  void theOldestOfTooManySessionsEnd() {
    Verdict.Right eve = right("eve", invite("eve", Role.VIEWER));
    String other = signIn("bob", invite("bob", Role.VIEWER));
    List<String> cookies =
        IntStream.rangeClosed(0, UserSessions.MOST)
            .mapToObj(i -> sessions.open(eve, Actors.ANNA, NOW.plusSeconds(i)).orElseThrow())
            .map(Secret::reveal)
            .toList();

    assertThat(sql.number("SELECT count(*) FROM user_session WHERE user_name = 'eve'"))
        .isEqualTo(UserSessions.MOST);
    Instant now = NOW.plusSeconds(UserSessions.MOST);
    assertThat(sessions.authenticate(cookies.getFirst(), now)).isEmpty();
    assertThat(sessions.authenticate(cookies.get(1), now)).isPresent();
    assertThat(sessions.authenticate(cookies.getLast(), now)).isPresent();
    assertThat(sessions.authenticate(other, now)).isPresent();
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rolesWiden() {
    assertThat(Role.VIEWER.scopes())
        .containsExactlyInAnyOrder(Scope.DEVICES_READ, Scope.TELEMETRY_READ);
    assertThat(Role.OPERATOR.scopes())
        .containsAll(Role.VIEWER.scopes())
        .contains(Scope.DEVICES_WRITE, Scope.COMMANDS_SEND)
        .doesNotContain(Scope.ADMIN);
    assertThat(Role.ADMIN.scopes()).containsExactlyInAnyOrder(Scope.values());
  }

  @Test
  void nothingPrintedGivesAPasswordAway() {
    Users.Invited invited = users.create("eve", Role.VIEWER, null, Actors.ANNA, NOW).orElseThrow();
    assertThat(invited.toString()).doesNotContain(invited.password());
  }

  private String invite(String name, Role role) {
    return users.create(name, role, null, Actors.ANNA, NOW).orElseThrow().password();
  }

  private Verdict.Right right(String name, String password) {
    return (Verdict.Right) passwords.verify(name, password, NOW);
  }

  private String signIn(String name, String password) {
    return sessions.open(right(name, password), Actors.ANNA, NOW).map(Secret::reveal).orElseThrow();
  }
}
