package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UserApiTest {
  private static final String USERS = "/api/v1/users";
  private final TestHub hub = new TestHub();
  private final Api admin = hub.admin().with("If-Match", "*");

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void aNewUserHasAOneTimePasswordThatIsShownOnce() {
    Api.Answer made = admin.post(USERS, "{\"name\":\"eve@x.example\",\"role\":\"operator\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).isEqualTo(USERS + "/eve@x.example");
    assertThat(made.json().at("/passwordExpiresAt").asString())
        .isEqualTo(hub.clock.instant().plusSeconds(7 * 24 * 3600).toString());
    String password = made.json().at("/oneTimePassword").asString();
    assertThat(password).hasSize(24);
    assertThat(hub.signIn("eve@x.example", password).status()).isEqualTo(200);

    Api.Answer one = admin.get(USERS + "/eve@x.example");
    assertThat(one.json().at("/role").asString()).isEqualTo("operator");
    assertThat(one.json().at("/passwordChangeRequired").asBoolean()).isTrue();
    assertThat(one.json().at("/lastSignInAt").asString()).isEqualTo(hub.clock.instant().toString());
    assertThat(one.response().body() + admin.get(USERS).response().body())
        .doesNotContain(password, "pbkdf2");
  }

  @Test
  void usersAreListedByName() {
    admin.post(USERS, "{\"name\":\"Berta\",\"role\":\"viewer\"}");
    assertThat(admin.get(USERS).json().at("/items").findValuesAsString("name"))
        .containsExactly("admin", "Berta", "operator", "viewer");
  }

  @Test
  void noTwoUsersAreTakenForEachOther() {
    admin.post(USERS, "{\"name\":\"ADMIN\",\"role\":\"viewer\"}").isRefused(409, "");
    admin.post(USERS, "{\"name\":\"viewer\",\"role\":\"viewer\"}").isRefused(409, "");
  }

  @Test
  void badRequestsAreRefusedAtTheirPlace() {
    admin.post(USERS, "{\"name\":\"a b\",\"role\":\"viewer\"}").isRefused(400, "/name");
    admin.post(USERS, "{\"role\":\"viewer\"}").isRefused(400, "/name");
    admin.post(USERS, "{\"name\":\"eve\"}").isRefused(400, "/role");
    admin.post(USERS, "{\"name\":\"eve\",\"role\":\"root\"}").isRefused(400, "/role");
    admin
        .post(USERS, "{\"name\":\"eve\",\"role\":\"viewer\",\"password\":\"x\"}")
        .isRefused(400, "/password");
    admin.patch(USERS + "/viewer", "{}").isRefused(400, "");
    admin.patch(USERS + "/viewer", "{\"role\":\"root\"}").isRefused(400, "/role");
    admin.patch(USERS + "/viewer", "{\"enabled\":\"no\"}").isRefused(400, "/enabled");
    admin.patch(USERS + "/nobody", "{\"role\":\"viewer\"}").isRefused(404, "");
    admin.get(USERS + "/nobody").isRefused(404, "");
    admin.get(USERS + "/a%20b").isRefused(404, "");
    admin.delete(USERS + "/nobody").isRefused(404, "");
    admin.post(USERS + "/nobody/reset-password", null).isRefused(404, "");
  }

  @Test
  void whateverIsTakenAwayEndsTheSessions() {
    for (String change : new String[] {"{\"role\":\"viewer\"}", "{\"enabled\":false}"}) {
      Api page = hub.signedIn("operator");
      assertThat(admin.patch(USERS + "/operator", change).status()).isEqualTo(200);
      page.get("/api/v1/session").isRefused(401, "");
      admin.patch(USERS + "/operator", "{\"role\":\"operator\",\"enabled\":true}");
    }
    Api page = hub.signedIn("operator");
    Api.Answer reset = admin.post(USERS + "/operator/reset-password", null);
    page.get("/api/v1/session").isRefused(401, "");
    hub.signIn("operator", TestHub.PASSWORD).isRefused(401, "");
    Api.Answer in = hub.signIn("operator", reset.json().at("/oneTimePassword").asString());
    assertThat(in.json().at("/passwordChangeRequired").asBoolean()).isTrue();
    assertThat(admin.delete(USERS + "/operator").status()).isEqualTo(204);
    hub.withCookie(in.cookie()).get("/api/v1/session").isRefused(401, "");
    hub.signIn("operator", reset.json().at("/oneTimePassword").asString()).isRefused(401, "");
  }

  @Test
  void nobodyOverwritesARoleHeHasNotSeen() {
    Api plain = hub.admin();
    Api.Answer read = plain.get(USERS + "/viewer");
    Api then = plain.with("If-Match", read.header("ETag"));
    plain.patch(USERS + "/viewer", "{\"role\":\"operator\"}").isRefused(428, "");
    Api.Answer changed = then.patch(USERS + "/viewer", "{\"role\":\"operator\"}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(read.header("ETag"));
    assertThat(plain.get(USERS + "/viewer").header("ETag")).isEqualTo(changed.header("ETag"));
    Api.Answer stale = then.patch(USERS + "/viewer", "{\"role\":\"admin\"}");
    stale.isRefused(412, "");
    assertThat(stale.json().at("/type").asString()).endsWith(":changed-meanwhile");
    then.delete(USERS + "/viewer").isRefused(412, "");
    assertThat(plain.patch(USERS + "/viewer", "{\"enabled\":false}").status()).isEqualTo(200);
    then.patch(USERS + "/viewer", "{\"enabled\":true}").isRefused(412, "");
    assertThat(plain.get(USERS + "/viewer").json().at("/role").asString()).isEqualTo("operator");
    assertThat(plain.delete(USERS + "/viewer").status()).isEqualTo(204);
  }

  /** The page's own stream: a user of fewer rights signs in anew. */
  @Test
  @Timeout(60)
  void demotedUserLosesItsStream() throws Exception {
    hub.user("dan", Role.ADMIN);
    Api page = hub.signedIn("dan");
    var stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(hub.base() + "/api/v1/events"))
                    .header("Cookie", page.headers().get("Cookie"))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());

    admin.patch("/api/v1/users/dan", "{\"role\":\"viewer\"}");

    assertThat(stream.body().readAllBytes()).asString().isEqualTo("retry: 2000\n\n");
  }

  @Test
  void whatChangesNothingEndsNothing() {
    Api page = hub.signedIn("viewer");
    admin.patch(USERS + "/viewer", "{\"role\":\"viewer\",\"enabled\":true}");
    assertThat(page.get("/api/v1/session").status()).isEqualTo(200);
    assertThat(admin.get("/api/v1/audit?action=user.change").json().at("/items")).isEmpty();
  }

  @Test
  void anAdminAlwaysRemains() {
    for (String change : new String[] {"{\"role\":\"viewer\"}", "{\"enabled\":false}"}) {
      Api.Answer last = admin.patch(USERS + "/admin", change);
      last.isRefused(409, "");
      assertThat(last.json().at("/type").asString()).isEqualTo("urn:mooring:problem:last-admin");
    }
    admin.delete(USERS + "/admin").isRefused(409, "");
    hub.user("second", Role.ADMIN);
    assertThat(admin.delete(USERS + "/admin").status()).isEqualTo(204);
    admin.delete(USERS + "/second").isRefused(409, "");
  }
}
