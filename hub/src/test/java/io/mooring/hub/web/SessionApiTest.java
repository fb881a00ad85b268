package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Role;
import io.mooring.hub.access.Scope;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Networks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionApiTest {
  private static final String SESSION = "/api/v1/session";
  private static final String PASSWORD = SESSION + "/password";
  private final TestHub hub = new TestHub();

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void signInOpensAndSignOutCloses() {
    Api page = hub.signedIn("admin");

    assertThat(page.get(SESSION).json().at("/role").asString()).isEqualTo("admin");
    assertThat(page.get("/api/v1/devices").status()).isEqualTo(200);
    Api.Answer out = page.delete(SESSION);
    assertThat(out.status()).isEqualTo(204);
    assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
    page.get(SESSION).isRefused(401, "");
  }

  @Test
  void cookieIsGuarded() {
    Api.Answer answer = signIn("admin", TestHub.PASSWORD);

    assertThat(answer.header("Set-Cookie"))
        .contains("; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=43200")
        .doesNotContain("Secure");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void sessionEndsAfterTwelveHours() {
    Api page = hub.signedIn("admin");
    hub.clock.pass(Duration.ofHours(12));
    page.get(SESSION).isRefused(401, "");
  }

  @Test
  void wrongPasswordsAreRefusedAndThenThrottled() {
    for (int i = 0; i < 10; i++) {
      signIn("admin", "wrong").isRefused(401, "");
    }
    Api.Answer closed = signIn("admin", TestHub.PASSWORD);
    closed.isRefused(429, "");
    assertThat(closed.header("Retry-After")).isEqualTo("600");

    hub.clock.pass(Duration.ofMinutes(10));
    assertThat(signIn("admin", TestHub.PASSWORD).status()).isEqualTo(200);
  }

  /** No more than their own patience is asked of users while the database is away. */
  @Test
  void triesThatCouldNotBeLookedAtDoNotCount() {
    hub.database.execute("ALTER TABLE user_account RENAME TO away");
    for (int i = 0; i < 10; i++) {
      assertThat(signIn("admin", TestHub.PASSWORD).status()).isGreaterThanOrEqualTo(500);
    }
    hub.database.execute("ALTER TABLE away RENAME TO user_account");

    assertThat(signIn("admin", TestHub.PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void changesByCookieMustComeFromOurOwnPage() {
    Api page = hub.signedIn("admin");
    Api silent = new Api(hub.base(), Map.of("Cookie", page.headers().getOrDefault("Cookie", "")));
    String body = "{\"id\":\"a\"}";

    silent.post("/api/v1/devices", body).isRefused(403, "");
    for (String origin :
        new String[] {"https://evil.example", "http://localhost:1", "null", "http://", "%"}) {
      page.with("Origin", origin).post("/api/v1/devices", body).isRefused(403, "");
    }
    silent.with("Sec-Fetch-Site", "same-site").post("/api/v1/devices", body).isRefused(403, "");
    page.with("Sec-Fetch-Site", "cross-site").post("/api/v1/devices", body).isRefused(403, "");
    page.with("Content-Type", "text/plain").post("/api/v1/devices", body).isRefused(415, "");
    assertThat(silent.get("/api/v1/devices").json().at("/items")).isEmpty();

    assertThat(page.post("/api/v1/devices", body).status()).isEqualTo(201);
    assertThat(
            silent
                .with("Sec-Fetch-Site", "same-origin")
                .post("/api/v1/devices", "{\"id\":\"b\"}")
                .status())
        .isEqualTo(201);
  }

  @Test
  void foreignPagesCannotSignAnybodyIn() {
    hub.anonymous()
        .with("Origin", "https://evil.example")
        .post(SESSION, "{\"user\":\"admin\",\"password\":\"%s\"}".formatted(TestHub.PASSWORD))
        .isRefused(403, "");
  }

  @Test
  void viewersOnlyLook() {
    Api viewer = hub.signedIn("viewer");

    assertThat(viewer.get("/api/v1/devices").status()).isEqualTo(200);
    viewer.post("/api/v1/devices", "{\"id\":\"a\"}").isRefused(403, "");
    viewer.get("/api/v1/keys").isRefused(403, "");
  }

  @Test
  void brokenCredentialsSayWhatTheyAre() {
    Api anonymous = hub.anonymous();
    Api.Answer cut = anonymous.with("Authorization", "Bearer mrk_abc").get("/api/v1/devices");

    cut.isRefused(401, "");
    assertThat(cut.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(cut.json().at("/detail").asString()).contains("cut off");
    anonymous.with("Authorization", "Basic YTpi").get("/api/v1/devices").isRefused(401, "");
    anonymous.with("Cookie", "mooring_session=x").get("/api/v1/devices").isRefused(401, "");
  }

  @Test
  void aKeyHasNoSession() {
    hub.with(Scope.ADMIN).get(SESSION).isRefused(403, "");
  }

  @Test
  void theNameCountsInAnyCase() {
    assertThat(signIn("ADMIN", TestHub.PASSWORD).json().at("/user").asString()).isEqualTo("admin");
  }

  @Test
  void theCookieIsOnlyForHttpsWhereTheClientCameByIt() {
    try (TestHub behindProxy = new TestHub(Limits.DEFAULTS, Networks.parse("127.0.0.1"))) {
      Api.Answer answer =
          behindProxy
              .anonymous()
              .with("X-Forwarded-Proto", "https")
              .with("X-Forwarded-For", "203.0.113.5")
              .post(SESSION, body("admin", TestHub.PASSWORD));
      assertThat(answer.header("Set-Cookie"))
          .startsWith("__Host-mooring_session=")
          .contains("; Path=/;")
          .endsWith("; HttpOnly; SameSite=Strict; Secure")
          .doesNotContain("Domain");
      assertThat(answer.header("Strict-Transport-Security")).isEqualTo("max-age=31536000");

      Api plain = behindProxy.withCookie(answer.cookie());
      Api secure = plain.with("X-Forwarded-Proto", "https");
      assertThat(secure.get(SESSION).status()).isEqualTo(200);
      plain.get(SESSION).isRefused(401, "");
      // A neighbouring site may set a cookie of this name, but not of the other one.
      secure.with("Cookie", answer.cookie().replace("__Host-", "")).get(SESSION).isRefused(401, "");
    }
  }

  @Test
  void aOneTimePasswordOpensNothingButTheChoiceOfAnother() {
    String oneTime = hub.invite("eve", Role.OPERATOR);
    Api.Answer in = signIn("eve", oneTime);
    assertThat(in.json().at("/passwordChangeRequired").asBoolean()).isTrue();
    Api page = hub.withCookie(in.cookie());
    Api.Answer refused = page.get("/api/v1/devices");
    refused.isRefused(403, "");
    assertThat(refused.json().at("/type").asString())
        .isEqualTo("urn:mooring:problem:password-change-required");

    Api.Answer changed = page.post(PASSWORD, change(oneTime, "a horse of another colour"));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().at("/passwordChangeRequired").asBoolean()).isFalse();
    assertThat(changed.header("Set-Cookie"))
        .contains("; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=43200");
    assertThat(hub.withCookie(changed.cookie()).get("/api/v1/devices").status()).isEqualTo(200);
    page.get(SESSION).isRefused(401, ""); // the session of the one-time password is over
    signIn("eve", oneTime).isRefused(401, "");
    assertThat(signIn("eve", "a horse of another colour").status()).isEqualTo(200);
  }

  @Test
  void aOneTimePasswordExpires() {
    String oneTime = hub.invite("eve", Role.ADMIN);
    hub.clock.pass(Duration.ofDays(7));
    Api.Answer late = signIn("eve", oneTime);
    late.isRefused(403, "");
    assertThat(late.json().at("/type").asString()).endsWith(":one-time-password-expired");
    signIn("eve", "wrong").isRefused(401, "");
  }

  @Test
  void changingThePasswordEndsAllOtherSessions() {
    Api page = hub.signedIn("operator");
    Api other = hub.signedIn("operator");
    Api somebody = hub.signedIn("viewer");
    Api.Answer changed = page.post(PASSWORD, change(TestHub.PASSWORD, "a horse of another colour"));
    other.get(SESSION).isRefused(401, "");
    page.get(SESSION).isRefused(401, "");
    assertThat(hub.withCookie(changed.cookie()).get(SESSION).status()).isEqualTo(200);
    assertThat(somebody.get(SESSION).status()).isEqualTo(200);
  }

  @Test
  void badNewPasswordsAreRefusedAtTheirPlace() {
    Api page = hub.signedIn("operator");
    page.post(PASSWORD, change("wrong", "a horse of another colour"))
        .isRefused(400, "/currentPassword");
    for (String bad :
        new String[] {
          "too short",
          "x".repeat(257),
          TestHub.PASSWORD,
          "operator1234",
          "aaaaaaaaaaaaaaa",
          "a horse\\u0000 of another colour"
        }) {
      page.post(PASSWORD, change(TestHub.PASSWORD, bad)).isRefused(400, "/newPassword");
    }
    page.post(PASSWORD, "{\"currentPassword\":\"x\"}").isRefused(400, "/newPassword");
    page.post(PASSWORD, "{\"newPassword\":\"x\"}").isRefused(400, "/currentPassword");
    assertThat(page.get(SESSION).status()).isEqualTo(200);
  }

  /** Whoever finds an open page must not guess the password behind it either. */
  @Test
  void guessingTheCurrentPasswordIsThrottledToo() {
    Api page = hub.signedIn("operator");
    for (int i = 0; i < 10; i++) {
      page.post(PASSWORD, change("wrong", "a horse of another colour"))
          .isRefused(400, "/currentPassword");
    }
    page.post(PASSWORD, change(TestHub.PASSWORD, "a horse of another colour")).isRefused(429, "");
    signIn("operator", TestHub.PASSWORD).isRefused(429, "");
  }

  @Test
  void aDisabledUserIsToldOnlyWithTheRightPassword() {
    hub.admin().patch("/api/v1/users/viewer", "{\"enabled\":false}");
    Api.Answer right = signIn("viewer", TestHub.PASSWORD);
    right.isRefused(403, "");
    assertThat(right.json().at("/type").asString()).endsWith(":user-disabled");
    signIn("viewer", "wrong").isRefused(401, "");
  }

  @Test
  void outcomesAreCounted() throws IOException {
    var _ = signIn("admin", TestHub.PASSWORD);
    var _ = signIn("admin", "wrong");
    var _ = signIn("nobody", "wrong");
    ByteArrayOutputStream metrics = new ByteArrayOutputStream();
    hub.metrics.write(metrics);
    assertThat(metrics.toString(StandardCharsets.UTF_8))
        .contains("mooring_sign_ins_total{outcome=\"opened\"} 1.0")
        .contains("mooring_sign_ins_total{outcome=\"wrong\"} 2.0");
  }

  private Api.Answer signIn(String user, String password) {
    return hub.signIn(user, password);
  }

  private static String body(String user, String password) {
    return "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password);
  }

  private static String change(String current, String next) {
    return "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}".formatted(current, next);
  }
}
