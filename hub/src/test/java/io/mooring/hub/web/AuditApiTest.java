package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditApiTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private static final String AUDIT = "/api/v1/audit";
  private final Api admin = HUB.admin();

  @Test
  void tellsWhoChangedWhatFromWhereAndHowItWas() {
    Api page = HUB.signedIn("admin");
    page.with("If-Match", "*").patch("/api/v1/users/viewer", "{\"role\":\"operator\"}");

    JsonNode entry = admin.get(AUDIT + "?target=users/viewer&limit=1").json().at("/items/0");
    assertThat(entry.at("/actor").toString())
        .isEqualTo("{\"kind\":\"user\",\"id\":\"admin\",\"name\":\"admin\"}");
    assertThat(entry.at("/address").asString()).isEqualTo("127.0.0.1");
    assertThat(entry.at("/at").asString()).isEqualTo(HUB.clock.instant().toString());
    assertThat(entry.at("/action").asString()).isEqualTo("user.change");
    assertThat(entry.at("/before").toString()).isEqualTo("{\"enabled\":true,\"role\":\"viewer\"}");
    assertThat(entry.at("/after").toString()).isEqualTo("{\"enabled\":true,\"role\":\"operator\"}");
  }

  @Test
  void pagesByCursor() {
    for (int i = 0; i < 5; i++) {
      HUB.device("page-" + i);
    }
    List<String> targets = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = admin.get(AUDIT + "?limit=2&action=device" + cursor).json();
      page.at("/items").forEach(entry -> targets.add(entry.at("/target").asString()));
      cursor = page.has("next") ? "&cursor=" + page.at("/next").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(targets)
        .containsExactly(
            "devices/page-4",
            "devices/page-3",
            "devices/page-2",
            "devices/page-1",
            "devices/page-0");
  }

  @Test
  void badQueriesAreRefusedAtTheirPlace() {
    admin.get(AUDIT + "?from=yesterday").isRefused(400, "?from");
    admin.get(AUDIT + "?limit=0").isRefused(400, "?limit");
    admin.get(AUDIT + "?user=eve").isRefused(400, "?user");
    admin.get(AUDIT + "?who=a%00b").isRefused(400, "?who");
    for (String cursor : List.of("x", "%2B", cursor(Long.MAX_VALUE), cursor(Long.MIN_VALUE))) {
      admin.get(AUDIT + "?cursor=" + cursor).isRefused(400, "?cursor");
    }
  }

  private static String cursor(long micros) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(ByteBuffer.allocate(16).putLong(micros).putLong(1).array());
  }
}
