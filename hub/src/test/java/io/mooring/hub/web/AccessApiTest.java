package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Scope;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessApiTest {
  private static final String SESSION = "/api/v1/session";
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
    assertThat(out.header("Set-Cookie")).startsWith("mooring_session=;").contains("Max-Age=0");
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
  void keyIsShownOnceAndRevoked() {
    Api admin = hub.admin();
    Api.Answer issued =
        admin.post("/api/v1/keys", "{\"name\":\"billing\",\"scopes\":[\"devices:read\"]}");
    String id = issued.json().at("/id").asString();
    String key = issued.json().at("/key").asString();
    Api integrator = hub.anonymous().with("Authorization", "Bearer " + key);

    assertThat(issued.status()).isEqualTo(201);
    assertThat(integrator.get("/api/v1/devices").status()).isEqualTo(200);
    assertThat(admin.get("/api/v1/keys").response().body()).contains(id).doesNotContain(key);
    assertThat(admin.delete("/api/v1/keys/" + id).status()).isEqualTo(204);
    integrator.get("/api/v1/devices").isRefused(401, "");
    admin.delete("/api/v1/keys/other").isRefused(404, "");
  }

  @Test
  void badKeysAreRefusedAtTheirPlace() {
    Api admin = hub.admin();
    String path = "/api/v1/keys";
    admin.post(path, "{\"name\":\"x\"}").isRefused(400, "/scopes");
    admin.post(path, "{\"name\":\"x\",\"scopes\":[]}").isRefused(400, "/scopes");
    admin.post(path, "{\"name\":\"x\",\"scopes\":[\"all\"]}").isRefused(400, "/scopes/0");
    admin.post(path, "{\"name\":\"x\",\"scopes\":[\"admin\",null]}").isRefused(400, "/scopes/1");
    admin
        .post(path, "{\"name\":\"x\",\"scopes\":[\"admin\",\"admin\"]}")
        .isRefused(400, "/scopes/1");
    admin.post(path, "{\"scopes\":[\"admin\"]}").isRefused(400, "/name");
    admin
        .post(
            path, "{\"name\":\"x\",\"scopes\":[\"admin\"],\"expiresAt\":\"2020-01-01T00:00:00Z\"}")
        .isRefused(400, "/expiresAt");
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

  private Api.Answer signIn(String user, String password) {
    return hub.anonymous()
        .post(SESSION, "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
  }
}
