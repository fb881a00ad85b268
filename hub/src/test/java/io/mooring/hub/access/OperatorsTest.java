package io.mooring.hub.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorsTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final SecureRandom random = new SecureRandom();
  private final Passwords passwords = new Passwords(1_000, random);
  private final Operators operators = new Operators(DATABASE.database(), passwords, random);
  private final OperatorSessions sessions = new OperatorSessions(DATABASE.database(), random);

  @BeforeEach
  void empty() {
    DATABASE.execute("DELETE FROM operator");
  }

  @Test
  void firstOperatorIsMadeOnce() {
    String password = operators.createFirst(NOW).orElseThrow();

    assertThat(operators.verify("admin", password)).contains(new Operator("admin", Role.ADMIN));
    assertThat(operators.createFirst(NOW)).isEmpty();
  }

  @Test
  void wrongPasswordsAndNamesAreRefused() {
    operators.create("eve", "right horse", Role.VIEWER, NOW);

    assertThat(operators.verify("eve", "right horse")).isPresent();
    assertThat(operators.verify("eve", "wrong horse")).isEmpty();
    assertThat(operators.verify("nobody", "nobody")).isEmpty();
    assertThat(operators.verify("a\0b", "x")).isEmpty();
    assertThat(operators.verify("eve", "x".repeat(10_000))).isEmpty();
  }

  @Test
  void passwordHashesAreSaltedAndReadable() {
    String one = passwords.encode("secret");

    assertThat(one).matches("pbkdf2-sha256\\$1000\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
    assertThat(passwords.encode("secret")).isNotEqualTo(one);
    assertThat(new Passwords(2_000, random).matches("secret", one)).isTrue();
    assertThatThrownBy(() -> passwords.matches("secret", "plain"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knownHashOfAnotherImplementation() {
    // Python: base64(hashlib.pbkdf2_hmac('sha256', b'password', b'salt', 1000, 32))
    String hash = "YywoEuRtRgQQK6dhjp1tfS+BKPYma0oDJk0qBGC33LM";

    assertThat(passwords.matches("password", "pbkdf2-sha256$1000$c2FsdA$" + hash)).isTrue();
  }

  @Test
  void sessionLastsTwelveHours() {
    operators.create("eve", "right horse", Role.OPERATOR, NOW);
    String cookie = sessions.open("eve", NOW).reveal();

    assertThat(sessions.authenticate(cookie, NOW.plusSeconds(12 * 3600 - 1)))
        .contains(new Operator("eve", Role.OPERATOR));
    assertThat(sessions.authenticate(cookie, NOW.plusSeconds(12 * 3600))).isEmpty();
    assertThat(sessions.authenticate(cookie + "x", NOW)).isEmpty();
  }

  @Test
  void closedSessionIsGone() {
    operators.create("eve", "right horse", Role.OPERATOR, NOW);
    String cookie = sessions.open("eve", NOW).reveal();

    sessions.close(cookie);

    assertThat(sessions.authenticate(cookie, NOW)).isEmpty();
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
}
