package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.secret.Secret;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EnrolmentApiTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.admin();

  @BeforeEach
  void empty() {
    HUB.database.execute("DELETE FROM device", "DELETE FROM enrolment_key");
  }

  @Test
  void aKeyIsIssuedUsedListedAndRevoked() {
    JsonNode key =
        api.post(
                "/api/v1/enrolment-keys",
                "{\"name\":\"line 4\",\"maxUses\":2,\"idPrefix\":\"pump-\","
                    + "\"tags\":{\"site\":\"berlin\"}}")
            .json();
    Api device = HUB.anonymous().with("Authorization", "Bearer " + key.at("/key").asString());

    Api.Answer enrolled = device.post("/api/v1/enrol", "{\"id\":\"pump-1\",\"name\":\"Pump\"}");
    assertThat(enrolled.status()).isEqualTo(201);
    assertThat(enrolled.header("Location")).isEqualTo("/api/v1/devices/pump-1");
    assertThat(enrolled.json().at("/token").asString()).startsWith("mrd_");
    assertThat(api.get("/api/v1/devices/pump-1").json().at("/tags/site").asString())
        .isEqualTo("berlin");

    JsonNode listed = api.get("/api/v1/enrolment-keys").json().at("/items/0");
    assertThat(listed.at("/uses").asInt()).isOne();
    assertThat(listed.has("key")).isFalse();

    device.post("/api/v1/enrol", "{\"id\":\"valve-1\"}").isRefused(400, "/id");
    device.post("/api/v1/enrol", "{\"id\":\"pump-2\"}");
    device.post("/api/v1/enrol", "{\"id\":\"pump-3\"}").isRefused(403, "");
    String path = "/api/v1/enrolment-keys/" + key.at("/id").asString();
    assertThat(api.call("DELETE", path, null).status()).isEqualTo(204);
    device.post("/api/v1/enrol", "{\"id\":\"pump-4\"}").isRefused(401, "");
    api.call("DELETE", "/api/v1/enrolment-keys/nothing", null).isRefused(404, "");
  }

  @Test
  void whatAKeyCannotBeIsNamed() {
    String keys = "/api/v1/enrolment-keys";
    api.post(keys, "{\"maxUses\":1}").isRefused(400, "/name");
    api.post(keys, "{\"name\":\"a\"}").isRefused(400, "/maxUses");
    api.post(keys, "{\"name\":\"a\",\"maxUses\":0}").isRefused(400, "/maxUses");
    api.post(keys, "{\"name\":\"a\",\"maxUses\":1,\"idPrefix\":\"-\"}").isRefused(400, "/idPrefix");
    api.post(keys, "{\"name\":\"a\",\"maxUses\":1,\"expiresAt\":\"2000-01-01T00:00:00Z\"}")
        .isRefused(400, "/expiresAt");
  }

  @Test
  void anIdThatExistsIsAConflict() {
    HUB.device("taken");
    device().post("/api/v1/enrol", "{\"id\":\"taken\"}").isRefused(409, "");
    device().post("/api/v1/enrol", "{\"id\":\"-\"}").isRefused(400, "/id");
  }

  @Test
  void withoutAKeyNobodyEnrolsAndGuessesAreSlowedDown() {
    HUB.anonymous().post("/api/v1/enrol", "{\"id\":\"a\"}").isRefused(401, "");
    api.post("/api/v1/enrol", "{\"id\":\"a\"}").isRefused(401, "");
    Api right = device();
    String stranger = Secret.random(Secret.Kind.ENROLMENT_KEY, new Random(5)).reveal();
    Api wrong = HUB.anonymous().with("Authorization", "Bearer " + stranger);
    for (int i = 0; i < 100; i++) {
      wrong.post("/api/v1/enrol", "{\"id\":\"a\"}").isRefused(401, "");
    }
    Api.Answer last = wrong.post("/api/v1/enrol", "{\"id\":\"a\"}");
    assertThat(last.status()).isEqualTo(429);
    assertThat(last.header("Retry-After")).isNotEmpty();
    assertThat(right.post("/api/v1/enrol", "{\"id\":\"right\"}").status()).isEqualTo(201);
  }

  private Api device() {
    String key =
        api.post("/api/v1/enrolment-keys", "{\"name\":\"line 4\",\"maxUses\":2}")
            .json()
            .at("/key")
            .asString();
    return HUB.anonymous().with("Authorization", "Bearer " + key);
  }
}
