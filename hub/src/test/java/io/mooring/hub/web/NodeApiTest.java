package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Settings;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NodeApiTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api admin = HUB.admin();

  @Test
  void tellsWhichHubsAreAtWork() {
    assertThat(admin.get("/api/v1/nodes").json().toString())
        .isEqualTo(
            ("{\"items\":[{\"name\":\"quay-1\",\"version\":\"1.2.3\",\"state\":\"up\",\"startedAt\":\"%s\",\"sessions\":3,"
                    + "\"readingsPerSecond\":12.5}]}")
                .formatted(HUB.clock.instant()));
    admin.get("/api/v1/nodes?limit=1").isRefused(400, "?limit");
    admin.post("/api/v1/nodes/quay-1/drain", null).isRefused(409, "");
  }

  @Test
  void tellsEverySettingWithItsSource() {
    JsonNode items = admin.get("/api/v1/settings").json().at("/items");
    assertThat(items.size()).isEqualTo(Settings.table().size());
    assertThat(setting(items, "listen.port").at("/value").asString()).isEqualTo("7171");
    assertThat(setting(items, "listen.port").at("/from").asString()).isEqualTo("option");
    assertThat(setting(items, "listen.port").at("/standard").asString()).isEqualTo("7070");
    assertThat(setting(items, "listen.host").at("/from").asString()).isEqualTo("default");
    JsonNode unset = setting(items, "database.password-file");
    assertThat(unset.at("/from").asString()).isEqualTo("not set");
    assertThat(unset.has("value")).isFalse();
  }

  @Test
  void secretsAreMasked() {
    JsonNode items = admin.get("/api/v1/settings").json().at("/items");
    JsonNode password = setting(items, "database.password");
    assertThat(password.at("/value").asString()).isEqualTo("********");
    assertThat(password.at("/from").asString()).isEqualTo("environment MOORING_DATABASE_PASSWORD");
    assertThat(items.toString()).doesNotContain("hidden");
  }

  private static JsonNode setting(JsonNode items, String key) {
    return items
        .valueStream()
        .filter(s -> s.at("/key").asString().equals(key))
        .findFirst()
        .orElseThrow();
  }
}
