package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Sql;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceEditApiTest {
  private static final String PUMP = "/api/v1/devices/pump-7";

  @AutoClose private static final TestHub HUB = new TestHub();
  private final Sql sql = new Sql(HUB.database);
  private final Api api = HUB.admin();
  private int key;

  @BeforeEach
  void device() {
    HUB.database.execute("TRUNCATE device, command, event, session, audit CASCADE");
    HUB.endedSessions.clear();
    key = HUB.device("pump-7");
  }

  @Test
  void whatIsGivenChangesAndTheRestStays() {
    Api.Answer read = api.get(PUMP);
    Api.Answer changed =
        api.with("If-Match", read.header("ETag"))
            .patch(PUMP, "{\"name\":\"Pump\",\"tags\":{\"site\":\"north\"}}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().at("/name").asString()).isEqualTo("Pump");
    assertThat(changed.json().at("/tags/site").asString()).isEqualTo("north");
    assertThat(changed.json().at("/enabled").asBoolean()).isTrue();
    assertThat(changed.header("ETag")).isNotEqualTo(read.header("ETag"));
    assertThat(api.get(PUMP).header("ETag")).isEqualTo(changed.header("ETag"));
    assertThat(HUB.endedSessions).isEmpty();
  }

  @Test
  void nobodyOverwritesWhatHeHasNotSeen() {
    String seen = api.get(PUMP).header("ETag");
    Api then = api.with("If-Match", seen);
    assertThat(then.patch(PUMP, "{\"name\":\"A\"}").status()).isEqualTo(200);
    then.patch(PUMP, "{\"name\":\"B\"}").isRefused(412, "");
    then.delete(PUMP).isRefused(412, "");
    api.patch(PUMP, "{\"name\":\"B\"}").isRefused(428, "");
    assertThat(api.get(PUMP).json().at("/name").asString()).isEqualTo("A");
    assertThat(api.with("If-Match", "\"x\", *").patch(PUMP, "{\"name\":\"B\"}").status())
        .isEqualTo(412);
    assertThat(api.with("If-Match", "*").patch(PUMP, "{\"name\":\"B\"}").status()).isEqualTo(200);
  }

  @Test
  void turnedOffItLosesItsSessionsEachTimeAndIsNotedOnce() {
    assertThat(api.patch(PUMP, "{\"enabled\":false}").json().at("/enabled").asBoolean()).isFalse();
    assertThat(api.patch(PUMP, "{\"enabled\":false}").status()).isEqualTo(200);
    assertThat(HUB.endedSessions)
        .containsExactly(key + " device-disabled", key + " device-disabled");
    assertThat(api.patch(PUMP, "{\"enabled\":true}").status()).isEqualTo(200);
    assertThat(HUB.endedSessions).hasSize(2);
    assertThat(sql.lines("SELECT after FROM audit WHERE action = 'device.change' ORDER BY id"))
        .isEqualToIgnoringNewLines("{\"enabled\": false}{\"enabled\": true}");
  }

  @Test
  void deletedItIsGoneAndALaterOneIsAnother() {
    String seen = api.get(PUMP).header("ETag");
    assertThat(api.delete(PUMP).status()).isEqualTo(204);
    assertThat(HUB.endedSessions).containsExactly(key + " token-revoked");
    assertThat(api.get(PUMP).status()).isEqualTo(404);
    assertThat(api.delete(PUMP).status()).isEqualTo(404);
    assertThat(api.patch(PUMP, "{\"enabled\":false}").status()).isEqualTo(404);
    assertThat(sql.lines("SELECT target FROM audit WHERE action = 'device.delete'"))
        .isEqualToIgnoringNewLines("devices/pump-7");
    HUB.device("pump-7");
    api.with("If-Match", seen).delete(PUMP).isRefused(412, "");
  }

  @Test
  void whatIsNotValidChangesNothing() {
    Api any = api.with("If-Match", "*");
    any.patch(PUMP, "{}").isRefused(400, "");
    any.patch(PUMP, "{\"name\":\"\"}").isRefused(400, "/name");
    any.patch(PUMP, "{\"tags\":{\"a=b\":\"c\"}}").isRefused(400, "/tags/a=b");
    any.patch(PUMP, "{\"id\":\"x\"}").isRefused(400, "/id");
    assertThat(any.patch("/api/v1/devices/-x", "{\"enabled\":true}").status()).isEqualTo(404);
    assertThat(sql.number("SELECT count(*) FROM audit WHERE action = 'device.change'")).isZero();
  }
}
