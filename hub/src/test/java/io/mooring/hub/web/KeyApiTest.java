package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyApiTest {
  private final TestHub hub = new TestHub();

  @AfterEach
  void stop() {
    hub.close();
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
  void lastUseIsShownToAMinute() {
    Api admin = hub.admin();
    String key =
        admin
            .post("/api/v1/keys", "{\"name\":\"billing\",\"scopes\":[\"devices:read\"]}")
            .json()
            .at("/key")
            .asString();
    assertThat(lastUse(admin)).isEmpty();

    Api integrator = hub.anonymous().with("Authorization", "Bearer " + key);
    String first = hub.clock.instant().toString();
    integrator.get("/api/v1/devices");
    assertThat(lastUse(admin)).isEqualTo(first + " 127.0.0.1");
    hub.clock.pass(Duration.ofSeconds(59));
    integrator.get("/api/v1/devices");
    assertThat(lastUse(admin)).isEqualTo(first + " 127.0.0.1");
    hub.clock.pass(Duration.ofSeconds(1));
    integrator.get("/api/v1/devices");
    assertThat(lastUse(admin)).isEqualTo(hub.clock.instant() + " 127.0.0.1");
  }

  private static String lastUse(Api admin) {
    for (var key : admin.get("/api/v1/keys").json().at("/items")) {
      if (key.at("/name").asString().equals("billing")) {
        return (key.at("/lastUsedAt").asString("") + " " + key.at("/lastUsedAddress").asString(""))
            .strip();
      }
    }
    throw new AssertionError("no such key");
  }
}
