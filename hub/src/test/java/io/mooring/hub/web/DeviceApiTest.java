package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DeviceApiTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.admin();

  @BeforeEach
  void empty() {
    HUB.database.execute("DELETE FROM device");
  }

  @Test
  void createdDeviceIsThere() {
    Api.Answer created =
        api.post(
            "/api/v1/devices",
            "{\"id\":\"pump-7\",\"name\":\"Pump\",\"tags\":{\"site\":\"north\"}}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo("/api/v1/devices/pump-7");
    assertThat(created.json().at("/presence/state").asString()).isEqualTo("never-seen");
    assertThat(api.get("/api/v1/devices/pump-7").json()).isEqualTo(created.json());
  }

  @Test
  void nameIsTheIdByDefault() {
    assertThat(api.post("/api/v1/devices", "{\"id\":\"a\"}").json().at("/name").asString())
        .isEqualTo("a");
  }

  @Test
  void aTokenTooManyIsAConflict() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    for (int i = 0; i < 20; i++) {
      assertThat(api.post("/api/v1/devices/a/tokens", null).status()).isEqualTo(201);
    }
    Api.Answer refused = api.post("/api/v1/devices/a/tokens", null);
    refused.isRefused(409, "");
    assertThat(refused.json().at("/type").asString()).endsWith("too-many-tokens");
  }

  @Test
  void takenIdIsAConflict() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    api.post("/api/v1/devices", "{\"id\":\"a\"}").isRefused(409, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                  | /id",
        "{\"id\":\"-a\"}                     | /id",
        "{\"id\":7}                          | /id",
        "{\"id\":\"a\",\"nmae\":\"x\"}       | /nmae",
        "{\"id\":\"a\",\"name\":\"\"}        | /name",
        "{\"id\":\"a\",\"name\":\"x\\u0000\"}| /name",
        "{\"id\":\"a\",\"name\":\"\\ud800\"} | /name",
        "{\"id\":\"a\",\"tags\":{\"k\":1}}   | /tags/k",
        "{\"id\":\"a\",\"tags\":{\"k/~\":null}} | /tags/k~1~0",
        "{\"id\":\"a\",\"tags\":[]}          | /tags",
        "{\"id\":\"a\",\"id\":\"b\"}         | /id",
        "{\"id\":\"a\"} x                    | ''",
        "[]                                  | ''",
        "null                                | ''",
        "{\"id\":                            | ''",
      })
  void badBodiesAreRefusedAtTheirPlace(String body, String pointer) {
    api.post("/api/v1/devices", body).isRefused(400, pointer);
  }

  @Test
  void missingAndForeignBodiesAreRefused() {
    api.post("/api/v1/devices", null).isRefused(400, "");
    api.with("Content-Type", "text/plain").post("/api/v1/devices", "{}").isRefused(415, "");
    api.post("/api/v1/devices", "{\"id\":\"" + "x".repeat(70_000) + "\"}").isRefused(413, "");
  }

  @Test
  void presenceOfADeviceThatWasThere() {
    HUB.database.execute(
        "INSERT INTO presence VALUES (%d, 3, 'offline', now(), now(), 'n1', '10.0.0.1', 'sdk/1', 4001, 'gone', 7)"
            .formatted(HUB.device("a")));

    var presence = api.get("/api/v1/devices/a").json().at("/presence");

    assertThat(presence.at("/state").asString()).isEqualTo("offline");
    assertThat(presence.at("/closeCode").asInt()).isEqualTo(4001);
    assertThat(presence.at("/droppedReadings").asLong()).isEqualTo(7);
    assertThat(presence.at("/roundTripMs").asDouble()).isEqualTo(12.5);
    assertThat(presence.at("/clockOffsetMs").asDouble()).isEqualTo(-3.25);
  }

  @Test
  void connectedDeviceWasSeenWhenItsLineLastSaidSomething() {
    HUB.database.execute(
        "INSERT INTO presence VALUES (%d, 3, 'online', '%s', '%s', 'n1', '10.0.0.1', 'sdk/1')"
            .formatted(HUB.device("a"), "2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z"));

    var presence = api.get("/api/v1/devices/a").json().at("/presence");

    assertThat(presence.at("/since").asString()).isEqualTo("2026-11-22T09:00:00Z");
    assertThat(presence.at("/lastSeenAt").asString()).isEqualTo("2026-11-22T09:59:58Z");
  }

  @Test
  void listPagesAndFilters() {
    for (String id : new String[] {"a", "b", "c"}) {
      api.post("/api/v1/devices", "{\"id\":\"%s\",\"tags\":{\"of\":\"%s\"}}".formatted(id, id));
    }
    var first = api.get("/api/v1/devices?limit=2").json();
    var second = api.get("/api/v1/devices?limit=2&cursor=" + first.at("/next").asString()).json();

    assertThat(first.at("/items/1/id").asString()).isEqualTo("b");
    assertThat(second.at("/items/0/id").asString()).isEqualTo("c");
    assertThat(second.has("next")).isFalse();
    assertThat(api.get("/api/v1/devices?q=B&state=never-seen").json().at("/items")).hasSize(1);
    assertThat(api.get("/api/v1/devices?tag=of%3Dc").json().at("/items/0/id").asString())
        .isEqualTo("c");
    assertThat(api.get("/api/v1/devices?tag=of%3Dc&state=online").json().at("/items")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "id, a b c",
    "-id, c b a",
    "name, c a b",
    "-name, b a c",
    "last-seen, b a c",
    "-last-seen, c a b",
    "state, c a b",
    "-state, b a c",
  })
  void listIsSortedPageByPage(String sort, String ids) {
    api.post("/api/v1/devices", "{\"id\":\"a\",\"name\":\"pump\"}");
    api.post("/api/v1/devices", "{\"id\":\"b\",\"name\":\"Pump 2\"}");
    api.post("/api/v1/devices", "{\"id\":\"c\",\"name\":\"Fan\"}");
    presence("a", "offline", "2026-11-22T09:30:00.123456Z");
    presence("c", "online", "2026-11-22T09:00:00Z");
    List<String> got = new ArrayList<>();
    String next = "";
    do {
      var page = api.get("/api/v1/devices?limit=1&sort=" + sort + next).json();
      got.add(page.at("/items/0/id").asString());
      next = page.has("next") ? "&cursor=" + page.at("/next").asString() : "";
    } while (!next.isEmpty());
    assertThat(String.join(" ", got)).isEqualTo(ids);
  }

  @Test
  void thoseThatAreDisabledAreListedByThemselves() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    api.post("/api/v1/devices", "{\"id\":\"b\"}");
    api.patch("/api/v1/devices/a", "{\"enabled\":false}");
    assertThat(api.get("/api/v1/devices?enabled=false").json().at("/items/0/id").asString())
        .isEqualTo("a");
    assertThat(api.get("/api/v1/devices?enabled=true").json().at("/items/0/id").asString())
        .isEqualTo("b");
  }

  @Test
  void aTokenLeadsToItsDeviceAlsoWhenItIsRevoked() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    api.post("/api/v1/devices", "{\"id\":\"b\"}");
    String id = api.post("/api/v1/devices/b/tokens", "{}").json().path("id").asString();
    JsonNode found = api.get("/api/v1/devices?token=" + id).json().path("items");
    assertThat(found.size()).isEqualTo(1);
    assertThat(found.at("/0/id").asString()).isEqualTo("b");
    HUB.database.execute("UPDATE device_token SET revoked_at = now(), revoked_cause = 'operator'");
    assertThat(api.get("/api/v1/devices?token=" + id).json().at("/items/0/id").asString())
        .isEqualTo("b");
    assertThat(api.get("/api/v1/devices?token=none").json().path("items").isEmpty()).isTrue();
  }

  private static void presence(String device, String state, String seen) {
    HUB.database.execute(
        "INSERT INTO presence SELECT key, 3, '%s', '%s', '%s', 'n1', '10.0.0.1', 'sdk/1' FROM device WHERE id = '%s'"
            .formatted(state, seen, seen, device));
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, ?limit",
    "limit=1001, ?limit",
    "limit=x, ?limit",
    "limit=1&limit=2, ?limit",
    "cursor=%21, ?cursor",
    "cursor=AAAA, ?cursor",
    "sort=age, ?sort",
    "enabled=no, ?enabled",
    "sort=name&cursor=YQ, ?cursor",
    "sort=-id&cursor=bmFtZQphCmE, ?cursor",
    "sort=last-seen&cursor=bGFzdC1zZWVuCmEKeWVzdGVyZGF5, ?cursor",
    "sort=state&cursor=c3RhdGUKYQpnb25l, ?cursor",
    "state=gone, ?state",
    "tag=x, ?tag",
    "tag=a%3D1&tag=a%3D2, ?tag",
    "stat=online, ?stat",
    "q=%00, ?q",
  })
  void badQueriesAreRefusedAtTheirPlace(String query, String pointer) {
    api.get("/api/v1/devices?" + query).isRefused(400, pointer);
  }

  @Test
  void queryThatIsNoUtf8IsRefused() {
    api.get("/api/v1/devices?q=%ff").isRefused(400, "?");
  }

  @Test
  void unknownDevicesAreNotFound() {
    api.get("/api/v1/devices/nobody").isRefused(404, "");
    api.get("/api/v1/devices/no%20body").isRefused(404, "");
    api.get("/api/v1/devices/nobody/tokens").isRefused(404, "");
  }

  @Test
  void tokenIsShownOnceAndRevoked() {
    int key = HUB.device("a");
    var issued = api.post("/api/v1/devices/a/tokens", "{\"name\":\"factory\"}");
    String id = issued.json().at("/id").asString();

    assertThat(issued.status()).isEqualTo(201);
    assertThat(issued.json().at("/token").asString()).startsWith("mrd_" + id + "_");
    assertThat(api.get("/api/v1/devices/a/tokens").response().body())
        .contains(id)
        .doesNotContain("mrd_");
    assertThat(api.delete("/api/v1/devices/a/tokens/" + id).status()).isEqualTo(204);
    assertThat(HUB.endedSessions).containsExactly(key + " " + id);
    assertThat(api.get("/api/v1/devices/a/tokens").json().at("/items/0").has("revokedAt")).isTrue();
    api.delete("/api/v1/devices/a/tokens/other").isRefused(404, "");
  }

  @Test
  void tokenNeedsNoBodyButSaneTimes() {
    HUB.device("a");

    assertThat(api.post("/api/v1/devices/a/tokens", null).status()).isEqualTo(201);
    api.post("/api/v1/devices/a/tokens", "{\"expiresAt\":\"2020-01-01T00:00:00Z\"}")
        .isRefused(400, "/expiresAt");
    api.post("/api/v1/devices/a/tokens", "{\"notBefore\":\"tomorrow\"}")
        .isRefused(400, "/notBefore");
    api.post("/api/v1/devices/a/tokens", "{\"notBefore\":17}").isRefused(400, "/notBefore");
  }
}
