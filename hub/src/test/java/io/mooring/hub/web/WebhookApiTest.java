package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mooring.hub.access.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WebhookApiTest {
  private static final String WEBHOOKS = "/api/v1/webhooks";
  private static final String NEW =
      "{\"name\":\"erp\",\"url\":\"https://hooks.example.com/mooring\"%s}";

  private final TestHub hub = new TestHub();
  private final Api admin = hub.admin().with("If-Match", "*");

  @AfterEach
  void stop() {
    hub.close();
  }

  private JsonNode create(String more) {
    Api.Answer made = admin.post(WEBHOOKS, NEW.formatted(more));
    assertThat(made.status()).as(made.response().body()).isEqualTo(201);
    return made.json();
  }

  private String path(JsonNode webhook) {
    return WEBHOOKS + "/" + webhook.at("/id").asString();
  }

  /** Off, so that nobody attempts what the test writes down. */
  private String disabled() {
    String path = path(create(""));
    assertThat(admin.patch(path, "{\"enabled\":false}").status()).isEqualTo(200);
    return path;
  }

  private void delivery(String path, int event, String state) {
    hub.database.execute(
        ("INSERT INTO webhook_delivery (webhook_id, event_id, device, body, state, created_at,"
                + " next_attempt_at, ended_at, status, answer) VALUES"
                + " ('%s', %d, 'pump', '{\"id\":\"%d\"}', '%s', now(), now(), now(), 500, 'no')")
            .formatted(path.substring(WEBHOOKS.length() + 1), event, event, state));
  }

  @Test
  void theSecretIsShownOnce() {
    hub.device("pump");
    Api.Answer made =
        admin.post(
            WEBHOOKS,
            NEW.formatted(
                ",\"types\":[\"presence\"],\"devices\":[\"pump\"],\"tags\":{\"site\":\"north\"}"));
    JsonNode webhook = made.json();
    String secret = webhook.at("/secret").asString();
    String path = path(webhook);

    assertThat(made.header("Location")).isEqualTo(path);
    assertThat(secret).startsWith("whsec_");
    Api.Answer one = admin.get(path);
    assertThat(one.json().at("/types/0").asString()).isEqualTo("presence");
    assertThat(one.json().at("/devices/0").asString()).isEqualTo("pump");
    assertThat(one.json().at("/tags/site").asString()).isEqualTo("north");
    assertThat(one.json().at("/enabled").asBoolean()).isTrue();
    assertThat(admin.get(WEBHOOKS).json().at("/items/0")).isEqualTo(one.json());
    assertThat(one.response().body()).doesNotContain("whsec_");

    Api.Answer rotated = admin.post(path + "/rotate-secret", "{\"overlap\":\"PT1H\"}");
    assertThat(rotated.json().at("/secret").asString()).startsWith("whsec_").isNotEqualTo(secret);
    assertThat(rotated.json().at("/previousSecretUntil").asString())
        .isEqualTo(hub.clock.instant().plusSeconds(3_600).toString());
    assertThat(admin.post(path + "/rotate-secret", null).status()).isEqualTo(200);
    admin.post(path + "/rotate-secret", "{\"overlap\":\"P31D\"}").isRefused(400, "/overlap");
  }

  @Test
  void oneIsChangedAndDeleted() {
    String path = path(create(",\"types\":[\"job\"]"));
    JsonNode changed =
        admin
            .patch(path, "{\"name\":\"other\",\"enabled\":false,\"url\":\"http://127.0.0.1/\"}")
            .json();
    assertThat(changed.at("/name").asString()).isEqualTo("other");
    assertThat(changed.at("/url").asString()).isEqualTo("http://127.0.0.1/");
    assertThat(changed.at("/types/0").asString()).isEqualTo("job");
    assertThat(changed.at("/disabledBecause").asString()).isEqualTo("operator");
    admin.patch(path, "{}").isRefused(400, "");
    admin.patch(path, "{\"types\":[]}").isRefused(400, "/types");
    admin.patch(path, "{\"url\":\"http://10.0.0.1/\"}").isRefused(400, "/url");
    assertThat(admin.delete(path).status()).isEqualTo(204);
    admin.get(path).isRefused(404, "");
    admin.patch(path, "{\"enabled\":true}").isRefused(404, "");
    admin.delete(path).isRefused(404, "");
    for (String action : new String[] {"/rotate-secret", "/test", "/replay"}) {
      admin.post(path + action, null).isRefused(404, "");
    }
    admin.get(path + "/deliveries").isRefused(404, "");
  }

  @Test
  void nobodyOverwritesWhatHeHasNotSeen() {
    Api plain = hub.admin();
    String path = path(create(""));
    Api.Answer read = plain.get(path);
    Api then = plain.with("If-Match", read.header("ETag"));
    plain.patch(path, "{\"name\":\"A\"}").isRefused(428, "");
    Api.Answer changed = then.patch(path, "{\"tags\":{\"site\":\"north\"}}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(read.header("ETag"));
    then.patch(path, "{\"name\":\"B\"}").isRefused(412, "");
    String one = tagged(plain, path, "{'a':'1, b=2'}");
    assertThat(tagged(plain, path, "{'a':'1','b':'2'}")).isNotEqualTo(one);
    then.delete(path).isRefused(412, "");
    assertThat(plain.patch(path, "{\"enabled\":false}").status()).isEqualTo(200);
    assertThat(plain.post(path + "/rotate-secret", null).status()).isEqualTo(200);
    Api now = plain.with("If-Match", plain.get(path).header("ETag"));
    plain.post(path + "/rotate-secret", null);
    assertThat(now.patch(path, "{\"name\":\"C\"}").json().at("/name").asString())
        .as("a secret is no edit")
        .isEqualTo("C");
    assertThat(plain.delete(path).status()).isEqualTo(204);
  }

  /** From the commit on deliveries cannot be counted, as when the database goes away just then. */
  @Test
  void aSecretThatWasChangedIsShownWhateverComesAfterwards() {
    String path = path(create(""));
    hub.database.execute(
        "CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN ALTER TABLE webhook_delivery RENAME TO hidden; RETURN NULL; END'",
        "CREATE TRIGGER hide AFTER UPDATE OF secret ON webhook"
            + " FOR EACH ROW EXECUTE FUNCTION hide()");
    Api.Answer rotated = admin.post(path + "/rotate-secret", null);
    assertThat(rotated.status()).as(rotated.response().body()).isEqualTo(200);
    assertThat(rotated.json().at("/secret").asString()).startsWith("whsec_");
  }

  @Test
  void badOnesAreRefusedAtTheirPlace() {
    admin.post(WEBHOOKS, "{\"url\":\"https://example.com/\"}").isRefused(400, "/name");
    admin.post(WEBHOOKS, "{\"name\":\"x\"}").isRefused(400, "/url");
    admin.post(WEBHOOKS, "{\"name\":\"x\",\"url\":\"nonsense\"}").isRefused(400, "/url");
    admin
        .post(WEBHOOKS, "{\"name\":\"x\",\"url\":\"https://169.254.169.254/\"}")
        .isRefused(400, "/url");
    admin.post(WEBHOOKS, NEW.formatted(",\"types\":[\"all\"]")).isRefused(400, "/types/0");
    admin.post(WEBHOOKS, NEW.formatted(",\"types\":[\"telemetry\"]")).isRefused(400, "/types/0");
    admin.post(WEBHOOKS, NEW.formatted(",\"devices\":[\"nobody\"]")).isRefused(400, "/devices/0");
    admin.post(WEBHOOKS, NEW.formatted(",\"devices\":[null]")).isRefused(400, "/devices/0");
    admin.post(WEBHOOKS, NEW.formatted(",\"tags\":{\"a\":null}")).isRefused(400, "/tags/a");
  }

  @Test
  void thereAreOnlySoMany() {
    create("");
    create("");
    create("");
    admin.post(WEBHOOKS, NEW.formatted("")).isRefused(409, "");
  }

  /** The version after these tags are set. */
  private static String tagged(Api api, String path, String tags) {
    Api now = api.with("If-Match", api.get(path).header("ETag"));
    return now.patch(path, "{\"tags\":" + tags.replace('\'', '"') + "}").header("ETag");
  }

  @Test
  void whoFollowsEventsSeesWebhooksButNotWhatMayBeAPassword() {
    String path = disabled();
    delivery(path, 1, "succeeded");
    Api viewer = hub.with(Scope.DEVICES_READ);
    JsonNode seen = viewer.get(path).json();
    assertThat(seen.at("/url").asString()).isEqualTo("https://hooks.example.com/…");
    assertThat(viewer.get(path).response().headers().firstValue("ETag"))
        .as("a hash by which guesses at the rest of the URL could be checked")
        .isEmpty();
    assertThat(seen.at("/lastDeliveredAt").asString()).isNotEmpty();
    assertThat(viewer.get(WEBHOOKS).json().at("/items/0")).isEqualTo(seen);
    assertThat(viewer.get(path + "/deliveries").json().at("/items")).hasSize(1);
    viewer.post(path + "/test", null).isRefused(403, "");
  }

  @Test
  void deliveriesAreListedByStateAndPage() {
    String path = disabled();
    delivery(path, 1, "succeeded");
    delivery(path, 2, "dead");
    delivery(path, 3, "pending");
    delivery(path, 4, "dead");
    JsonNode status = admin.get(path).json();
    assertThat(status.at("/pending").asInt()).isEqualTo(1);
    assertThat(status.at("/dead").asInt()).isEqualTo(2);

    JsonNode dead = admin.get(path + "/deliveries?state=dead").json();
    assertThat(dead.at("/items")).hasSize(2);
    assertThat(dead.at("/items/0/id").asString()).isEqualTo("4");
    assertThat(dead.at("/items/0/event/id").asString()).isEqualTo("4");
    assertThat(dead.at("/items/0/status").asInt()).isEqualTo(500);
    assertThat(dead.at("/items/0/answer").asString()).isEqualTo("no");

    JsonNode first = admin.get(path + "/deliveries?limit=3").json();
    assertThat(first.at("/items")).hasSize(3);
    JsonNode rest =
        admin.get(path + "/deliveries?limit=3&cursor=" + first.at("/next").asString()).json();
    assertThat(rest.at("/items")).hasSize(1);
    assertThat(rest.has("next")).isFalse();
    admin.get(path + "/deliveries?state=lost").isRefused(400, "?state");
    admin.get(path + "/deliveries?cursor=abc").isRefused(400, "?cursor");
  }

  /** What was due is not attempted, whenever that was. */
  @Test
  void nothingIsDueWhileItIsDisabled() {
    String path = disabled();
    delivery(path, 1, "pending");
    hub.database.execute("UPDATE webhook_delivery SET next_attempt_at = '2026-01-01T00:00:00Z'");
    assertThat(admin.get(path + "/deliveries").json().at("/items/0/nextAttemptAt").isMissingNode())
        .isTrue();
    hub.database.execute("UPDATE webhook SET disabled_cause = NULL");
    assertThat(admin.get(path + "/deliveries").json().at("/items/0/nextAttemptAt").asString())
        .isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void whatHasEndedIsReplayed() {
    String path = disabled();
    delivery(path, 1, "succeeded");
    delivery(path, 2, "dead");
    delivery(path, 3, "dead");
    String deliveries = path + "/deliveries/";
    assertThat(admin.post(deliveries + "1/replay", null).json().at("/deliveries").asInt())
        .isEqualTo(1);
    assertThat(admin.post(deliveries + "2/replay", null).status()).isEqualTo(202);
    // It waits already: now it is due at once.
    assertThat(admin.post(deliveries + "2/replay", null).status()).isEqualTo(202);
    admin.post(deliveries + "9/replay", null).isRefused(404, "");
    admin.post(deliveries + "x/replay", null).isRefused(404, "");
    Api.Answer all = admin.post(path + "/replay", null);
    assertThat(all.status()).isEqualTo(202);
    assertThat(all.json().at("/deliveries").asInt()).isEqualTo(1);
    assertThat(admin.get(path).json().at("/pending").asInt()).isEqualTo(3);
  }

  @Test
  void aTestTellsWhatCameBack() throws IOException {
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    endpoint.createContext(
        "/",
        exchange -> {
          byte[] words = "who are you?".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(403, words.length);
          exchange.getResponseBody().write(words);
          exchange.close();
        });
    endpoint.start();
    try {
      String path = path(create(""));
      admin.patch(
          path, "{\"url\":\"http://127.0.0.1:%d/\"}".formatted(endpoint.getAddress().getPort()));
      JsonNode tested = admin.post(path + "/test", null).json();
      assertThat(tested.at("/delivered").asBoolean()).isFalse();
      assertThat(tested.at("/status").asInt()).isEqualTo(403);
      assertThat(tested.at("/answer").asString()).isEqualTo("who are you?");
    } finally {
      endpoint.stop(0);
    }
  }
}
