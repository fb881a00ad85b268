package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Sql;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever sends something wrong in several places is told of all of them. */
class FieldFaultsTest {
  private final TestHub hub = new TestHub();
  private final Api admin = hub.admin();
  private final Sql sql = new Sql(hub.database);

  @AfterEach
  void stop() {
    hub.close();
  }

  private static List<String> pointers(Api.Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    return answer.json().at("/errors").findValuesAsString("pointer");
  }

  @Test
  void ofABody() {
    assertThat(
            pointers(
                admin.post(
                    "/api/v1/devices",
                    "{\"id\":\"bad id!\",\"tags\":{\"site\":\"north\",\"\":\"x\",\"a=b\":\"y\"},\"foo\":1}")))
        .containsExactlyInAnyOrder("/id", "/tags/", "/tags/a=b", "/foo");
    assertThat(
            pointers(
                admin.post(
                    "/api/v1/keys",
                    "{\"scopes\":[\"a\",\"b\"],\"expiresAt\":\"2020-01-01T00:00:00Z\"}")))
        .containsExactlyInAnyOrder("/name", "/scopes/0", "/scopes/1", "/expiresAt");
    assertThat(
            pointers(
                admin.post(
                    "/api/v1/enrolment-keys", "{\"idPrefix\":\"!\",\"maxUses\":0,\"name\":7}")))
        .containsExactlyInAnyOrder("/name", "/idPrefix", "/maxUses");
    assertThat(pointers(admin.post("/api/v1/users", "{\"name\":\"!\",\"role\":\"king\"}")))
        .containsExactly("/name", "/role");
    assertThat(
            pointers(
                admin.post(
                    "/api/v1/webhooks",
                    "{\"url\":\"ftp://x\",\"types\":[\"no\"],\"devices\":[\"gone\"],\"tag\":{}}")))
        .containsExactlyInAnyOrder("/tag", "/name", "/url", "/types/0", "/devices/0");
    assertThat(sql.number("SELECT count(*) FROM webhook")).isZero();
  }

  @Test
  void ofACommandAndAToken() {
    sql.device("d1");
    String device = "/api/v1/devices/d1";
    assertThat(
            pointers(
                admin.post(
                    device + "/commands", "{\"name\":\"!\",\"ttl\":\"5m\",\"contentType\":7}")))
        .containsExactlyInAnyOrder("/name", "/ttl", "/contentType");
    assertThat(
            pointers(
                admin.post(
                    device + "/tokens", "{\"name\":\"\",\"notBefore\":\"x\",\"expiresAt\":\"y\"}")))
        .containsExactly("/name", "/notBefore", "/expiresAt");
    assertThat(sql.number("SELECT count(*) FROM command")).isZero();
  }

  @Test
  void ofAQuery() {
    sql.device("d1");
    String telemetry = "/api/v1/devices/d1/telemetry";
    assertThat(pointers(admin.get(telemetry + "?metric=m&bucket=5min&agg=avg,median")))
        .containsExactly("?bucket", "?agg");
    assertThat(pointers(admin.get(telemetry + "?from=x&to=y&limit=0&cursor=z")))
        .containsExactlyInAnyOrder("?metric", "?from", "?to", "?limit", "?cursor");
    assertThat(pointers(admin.get(telemetry + "?metrik=m&bukket=PT5M")))
        .containsExactly("?metrik", "?bukket");
  }

  @Test
  void aFieldThatIsThereTwiceIsNamed() {
    Api.Answer twice = admin.post("/api/v1/devices", "{\"id\":\"a\",\"name\":\"b\",\"id\":\"c\"}");
    twice.isRefused(400, "/id");
    assertThat(twice.response().body()).contains("there twice");
  }

  @Test
  void whatIsMadeTellsItsPlaceAndVersion() {
    Api.Answer device = admin.post("/api/v1/devices", "{\"id\":\"d2\"}");
    assertThat(device.header("Location")).isEqualTo("/api/v1/devices/d2");
    assertThat(device.header("ETag")).isEqualTo(admin.get("/api/v1/devices/d2").header("ETag"));
    Api.Answer token = admin.post("/api/v1/devices/d2/tokens", "{}");
    String place = token.header("Location");
    assertThat(place).isEqualTo("/api/v1/devices/d2/tokens/" + token.json().at("/id").asString());
    assertThat(admin.delete(place).status()).isEqualTo(204);
  }
}
