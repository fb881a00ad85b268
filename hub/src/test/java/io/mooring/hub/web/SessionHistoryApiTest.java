package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SessionHistoryApiTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.admin();

  @Test
  void tellsSessionsNewestFirstPageByPage() {
    int device = HUB.device("history");
    int other = HUB.device("other");
    for (int epoch = 1; epoch <= 4; epoch++) {
      session(device, epoch, "'2026-11-22T0%d:30:00Z', 4202, 'heartbeat-timeout'".formatted(epoch));
    }
    session(device, 5, "NULL, NULL, NULL");
    session(other, 9, "NULL, NULL, NULL");

    List<Long> epochs = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = api.get("/api/v1/devices/history/sessions?limit=2" + cursor).json();
      page.at("/items").forEach(entry -> epochs.add(entry.at("/epoch").asLong()));
      cursor = page.has("next") ? "&cursor=" + page.at("/next").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(epochs).containsExactly(5L, 4L, 3L, 2L, 1L);
  }

  @Test
  void anOpenOneHasNoEndAndAnEndedOneItsReason() {
    int device = HUB.device("ends");
    session(device, 1, "'2026-11-22T01:30:00Z', 4202, 'heartbeat-timeout'");
    session(device, 2, "NULL, NULL, NULL");

    JsonNode items = api.get("/api/v1/devices/ends/sessions").json().at("/items");
    assertThat(items.at("/0").has("closedAt")).isFalse();
    assertThat(items.at("/0/openedAt").asString()).isEqualTo("2026-11-22T02:00:00Z");
    assertThat(items.at("/1").toString())
        .isEqualTo(
            "{\"epoch\":1,\"node\":\"n1\",\"address\":\"10.0.0.1\",\"agent\":\"sdk/1\","
                + "\"openedAt\":\"2026-11-22T01:00:00Z\",\"closedAt\":\"2026-11-22T01:30:00Z\","
                + "\"closeCode\":4202,\"closeReason\":\"heartbeat-timeout\"}");
  }

  @Test
  void badQueriesAreRefusedAtTheirPlace() {
    HUB.device("bad");
    api.get("/api/v1/devices/bad/sessions?cursor=x").isRefused(400, "?cursor");
    api.get("/api/v1/devices/bad/sessions?limit=0").isRefused(400, "?limit");
    api.get("/api/v1/devices/nobody/sessions").isRefused(404, "");
  }

  private static void session(int device, int epoch, String end) {
    HUB.database.execute(
        "INSERT INTO session VALUES (%d, %d, 'n1', '10.0.0.1', 'sdk/1', '2026-11-22T0%d:00:00Z', %s)"
            .formatted(device, epoch, epoch, end));
  }
}
