package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Scope;
import io.mooring.hub.db.Once;
import io.mooring.hub.testing.Sql;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that make something, sent more than once. */
class IdempotencyTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Sql sql = new Sql(HUB.database);
  private final Api api = HUB.admin().with("Idempotency-Key", "k1");

  @BeforeEach
  void empty() {
    HUB.database.execute("TRUNCATE device, command, event, session, audit CASCADE");
    HUB.database.execute("TRUNCATE idempotency_key, enrolment_key, webhook CASCADE");
    HUB.database.execute("DELETE FROM user_account WHERE name = 'eve'");
    HUB.device("pump-7");
  }

  @Test
  void deviceIsMadeOnceAndShownAgainAsItIs() {
    Api.Answer first = api.post("/api/v1/devices", "{\"id\":\"a\",\"name\":\"A\"}");
    assertThat(first.status()).isEqualTo(201);
    api.patch("/api/v1/devices/a", "{\"enabled\":false}");
    Api.Answer again = api.post("/api/v1/devices", "{\"name\": \"A\", \"id\": \"a\"}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Location")).isEqualTo("/api/v1/devices/a");
    assertThat(again.json().at("/enabled").asBoolean()).isFalse();
    assertThat(
            sql.number(
                "SELECT count(*) FROM audit WHERE target = 'devices/a' AND action = 'device.create'"))
        .isOne();
  }

  @Test
  void deviceThatHasBeenDeletedIsNotMadeAgain() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    api.delete("/api/v1/devices/a");
    Api.Answer again = api.post("/api/v1/devices", "{\"id\":\"a\"}");
    again.isRefused(409, "");
    assertThat(again.json().at("/detail").asString()).contains("deleted since");
    assertThat(api.get("/api/v1/devices/a").status()).isEqualTo(404);
  }

  @Test
  void certificateIsBoundOnceAndShownAgainAsItIs() {
    String path = "/api/v1/devices/pump-7/certificates";
    String body = "{\"fingerprint\":\"%s\"}".formatted("ab".repeat(32));
    Api.Answer first = api.post(path, body);
    assertThat(first.status()).isEqualTo(201);
    Api.Answer again = api.post(path, body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
    api.post(path, body.replace('a', 'c')).isRefused(422, "");
    assertThat(sql.number("SELECT count(*) FROM audit WHERE action = 'certificate.add'")).isOne();
    HUB.admin().with("Idempotency-Key", "k2").post(path, body).isRefused(409, "");
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isOne();
    assertThat(api.delete(path + "/" + "ab".repeat(32)).status()).isEqualTo(204);
    Api.Answer gone = api.post(path, body);
    gone.isRefused(409, "");
    assertThat(gone.json().at("/detail").asString()).contains("removed since");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/v1/devices/pump-7/tokens | {'name':'x'}                         | token                | devices/pump-7/tokens/ | token.create
          /api/v1/keys                  | {'name':'x','scopes':['admin']}      | key                  | keys/                  | key.create
          /api/v1/enrolment-keys        | {'name':'x','maxUses':3}             | key                  | enrolment-keys/        | enrolment-key.create
          /api/v1/webhooks              | {'name':'x','url':'https://example.com/'} | secret          | webhooks/              | webhook.create
          /api/v1/users                 | {'name':'eve','role':'viewer'}       | oneTimePassword      | users/eve              | user.create
          """)
  void secretIsShownOnceAndTheRepeatSaysSo(
      String path, String body, String secret, String target, String action) {
    String json = body.replace('\'', '"');
    Api.Answer first = api.post(path, json);
    assertThat(first.json().at("/" + secret).asString()).isNotEmpty();
    Api.Answer again = api.post(path, json);
    again.isRefused(409, "");
    assertThat(again.json().at("/type").asString()).isEqualTo("urn:mooring:problem:made-before");
    assertThat(again.json().at("/detail").asString())
        .startsWith("It made " + target)
        .contains("kept nowhere");
    assertThat(again.header("Location")).startsWith("/api/v1/" + target);
    assertThat(again.response().body()).doesNotContain(first.json().at("/" + secret).asString());
    assertThat(sql.number("SELECT count(*) FROM audit WHERE action = '%s'".formatted(action)))
        .isOne();
    String other = json.replace("\"x\"", "\"y\"").replace("viewer", "admin");
    api.post(path, other).isRefused(422, "");
    assertThat(api.with("Idempotency-Key", "k2").post(path, other.replace("eve", "eva")).status())
        .isEqualTo(201);
    HUB.database.execute("DELETE FROM user_account WHERE name = 'eva'");
  }

  /**
   * It is kept, as it signs: who lost the answer is shown it again, as long as it is the one that
   * signs.
   */
  @Test
  void secretOfAWebhookIsChangedOnceAndShownAgain() {
    String webhook =
        HUB.admin()
            .post("/api/v1/webhooks", "{\"name\":\"x\",\"url\":\"https://example.com/\"}")
            .header("Location");
    String path = webhook + "/rotate-secret";
    Api.Answer first = api.post(path, "{\"overlap\":\"PT1H\"}");
    assertThat(first.status()).isEqualTo(200);
    Api.Answer again = api.post(path, "{\"overlap\":\"PT1H\"}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(sql.number("SELECT count(*) FROM audit WHERE action = 'webhook.rotate-secret'"))
        .isOne();
    api.post(path, "{\"overlap\":\"PT2H\"}").isRefused(422, "");
    HUB.admin().post(path, null);
    Api.Answer late = api.post(path, "{\"overlap\":\"PT1H\"}");
    late.isRefused(409, "");
    assertThat(late.json().at("/detail").asString()).contains("Another secret has taken its place");
    assertThat(late.response().body()).doesNotContain("whsec_");
    Api other = HUB.admin().with("Idempotency-Key", "k2");
    other.post("/api/v1/webhooks/nobody/rotate-secret", null).isRefused(404, "");
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isOne();
  }

  /** Real transactions against each other: one makes it, the others wait for that. */
  @Test
  void ofManyAtOnceOneMakesIt() {
    for (int round = 0; round < 5; round++) {
      Api at = HUB.admin().with("Idempotency-Key", "round " + round);
      List<CompletableFuture<Api.Answer>> tokens =
          all(at, "/api/v1/devices/pump-7/tokens", "{\"name\":\"r%d\"}".formatted(round));
      assertThat(tokens.stream().map(answer -> answer.join().status()))
          .containsExactlyInAnyOrder(201, 409, 409, 409);
      Api devices = HUB.admin().with("Idempotency-Key", "device " + round);
      List<CompletableFuture<Api.Answer>> made =
          all(devices, "/api/v1/devices", "{\"id\":\"d-%d\"}".formatted(round));
      assertThat(made.stream().map(answer -> answer.join().status()))
          .containsExactlyInAnyOrder(201, 200, 200, 200);
    }
    assertThat(sql.number("SELECT count(*) FROM device_token")).isEqualTo(5);
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isEqualTo(10);
  }

  private static List<CompletableFuture<Api.Answer>> all(Api api, String path, String body) {
    return IntStream.range(0, 4).mapToObj(_ -> api.later("POST", path, body)).toList();
  }

  @Test
  void keyOfARequestThatFailedIsFree() {
    api.post("/api/v1/devices", "{\"id\":\"pump-7\"}").isRefused(409, "");
    api.post("/api/v1/users", "{\"name\":\"viewer\",\"role\":\"viewer\"}").isRefused(409, "");
    api.post("/api/v1/devices", "{\"id\":\"-\"}").isRefused(400, "/id");
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isZero();
    assertThat(api.post("/api/v1/devices", "{\"id\":\"a\"}").status()).isEqualTo(201);
  }

  @Test
  void keysAreTheCallersOwnAndKnownForAWeek() {
    api.post("/api/v1/devices", "{\"id\":\"a\"}");
    Api other = HUB.with(Scope.DEVICES_WRITE).with("Idempotency-Key", "k1");
    assertThat(other.post("/api/v1/devices", "{\"id\":\"b\"}").status()).isEqualTo(201);
    api.with("Idempotency-Key", "x".repeat(129))
        .post("/api/v1/devices", "{\"id\":\"c\"}")
        .isRefused(400, "Idempotency-Key");
    var pruner = Once.pruner(HUB.database.database(), HUB.clock);
    pruner.sweep();
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isEqualTo(2);
    HUB.database.execute("UPDATE idempotency_key SET made_at = made_at - interval '8 days'");
    pruner.sweep();
    assertThat(sql.number("SELECT count(*) FROM idempotency_key")).isZero();
  }
}
