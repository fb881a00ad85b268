package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.app.Hub;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.web.AuditSteps.Step;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Walks each route that changes something, on a whole hub, to its entry in the audit log. */
class AuditWalkTest {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final NodeLock LOCK = NodeLock.take(DATABASE.database(), "walk", new Random());
  private static final Hub HUB = Hub.start(DataPaths.patientConfig(), DATABASE.database(), LOCK);

  private static final Sql SQL = new Sql(DATABASE);
  private static final String BASE = HUB.uri().toString().replaceFirst("/$", "");
  private static final ApiKeys.Issued KEY =
      new ApiKeys(DATABASE.database(), new SecureRandom())
          .create("walker", Set.of(Scope.ADMIN), null, null, Actors.ANNA, Instant.EPOCH);
  private static final Api ADMIN =
      new Api(BASE, Map.of("Authorization", "Bearer " + KEY.secret().reveal()));
  private final Map<String, String> made =
      new HashMap<>(
          Map.of("device", "pump-7", "user", "eve", "certificate", AuditSteps.FINGERPRINT));
  private final Set<String> secrets =
      new TreeSet<>(Set.of(KEY.secret().reveal(), AuditSteps.CHOSEN));
  private Api page = new Api(BASE, Map.of("Origin", BASE));

  @AfterAll
  static void stop() {
    HUB.close();
    LOCK.close();
    DATABASE.close();
  }

  @Test
  void everyChangingRouteHasItsStep() {
    assertThat(
            AccessTableTest.routes()
                .filter(r -> !r.method().equals("GET") && !r.template().contains("{node}"))
                .map(r -> r.method() + " " + r.template()))
        .containsExactlyInAnyOrderElementsOf(AuditSteps.ALL.stream().map(Step::route).toList());
  }

  @Test
  void everyChangeIsInTheAuditLogAndNoSecretIs() {
    for (Step step : AuditSteps.ALL) {
      JsonNode newest = newest().at("/items/0");
      Api.Answer answer = carryOut(step);
      assertThat(answer.status()).as(step + answer.response().body()).isBetween(200, 299);
      keep(step, answer);
      assertThat(entryOf(step, newest.at("/id").asString(""))).as(step.route()).isPresent();
    }
    String log = SQL.lines("SELECT audit::text FROM audit");
    assertThat(log)
        .contains("billing")
        .doesNotContain(AuditSteps.IN_PAYLOAD, "pbkdf2", "mrd_", "mre_", "mrk_", "mrs_", "whsec_");
    for (String secret : secrets) {
      assertThat(log).doesNotContain(secret, secret.replaceFirst("^mr._\\w{12}_", ""));
    }
    clean();
  }

  /** The log outlives the commands, so it has to say by itself whom they were for. */
  @Test
  void aBulkRequestNamesEachOfItsDevices() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      ADMIN.post("/api/v1/devices", "{\"id\":\"many-%d\"}".formatted(i));
      lines.append("{\"device\":\"many-%d\",\"name\":\"a\"}\n".formatted(i));
    }
    Api bulk = ADMIN.with("Content-Type", FleetCommandApi.NDJSON);
    assertThat(bulk.post("/api/v1/commands", lines.toString()).status()).isBetween(200, 299);
    assertThat(newest().at("/items/0/after/devices")).hasSize(25);
    clean();
  }

  /** The other way round: the log takes nothing, so nothing may change. */
  @Test
  void withoutItsEntryNoChangeIsMade() {
    Map<String, String> there = prepare();
    DATABASE.execute("ALTER TABLE audit ADD CONSTRAINT nothing CHECK (false) NOT VALID");
    try {
      String before = everything();
      for (Step step : AuditSteps.ALL) {
        made.putAll(there);
        switch (step.action()) {
          case "command.retry" -> made.put("command", there.getOrDefault("ended", ""));
          case "enrolment-key.revoke" -> made.put("key", there.getOrDefault("enrolment-key", ""));
          case "job.resume" -> made.put("job", there.getOrDefault("paused", ""));
          default -> {}
        }
        Api.Answer answer = carryOut(step);
        assertThat(answer.status()).as(step + answer.response().body()).isGreaterThanOrEqualTo(500);
        assertThat(everything()).as(step.route()).isEqualTo(before);
      }
    } finally {
      DATABASE.execute("ALTER TABLE audit DROP CONSTRAINT nothing");
      clean();
    }
  }

  /** One of each kind of thing that steps need, under other names than those they make. */
  private Map<String, String> prepare() {
    Map<String, String> there = new HashMap<>();
    ADMIN.post("/api/v1/devices", "{\"id\":\"there\"}");
    String device = "/api/v1/devices/there";
    there.put("device", "there");
    there.put("token", idOf(ADMIN.post(device + "/tokens", null)));
    there.put("ended", idOf(ADMIN.post(device + "/commands", "{\"name\":\"a\"}")));
    ADMIN.post(device + "/commands/" + there.get("ended") + "/cancel", null);
    there.put("command", idOf(ADMIN.post(device + "/commands", "{\"name\":\"a\"}")));
    JsonNode enrolment =
        ADMIN.post("/api/v1/enrolment-keys", "{\"name\":\"e\",\"maxUses\":1}").json();
    there.put("enrolment-key", enrolment.at("/id").asString());
    there.put("enrolment-secret", enrolment.at("/key").asString());
    there.put("certificate", "1e".repeat(32));
    ADMIN.post(
        device + "/certificates", "{\"fingerprint\":\"%s\"}".formatted(there.get("certificate")));
    there.put("job", job());
    there.put("paused", job());
    ADMIN.post("/api/v1/jobs/" + there.get("paused") + "/pause", null);
    String hook = "{\"name\":\"w\",\"url\":\"https://localhost/\",\"types\":[\"job\"]}";
    there.put("webhook", idOf(ADMIN.post("/api/v1/webhooks", hook)));
    deadLetter(there.get("webhook"));
    there.put("key", idOf(ADMIN.post("/api/v1/keys", "{\"name\":\"k\",\"scopes\":[\"admin\"]}")));
    JsonNode user = ADMIN.post("/api/v1/users", "{\"name\":\"tom\",\"role\":\"viewer\"}").json();
    there.put("user", "tom");
    there.put("password", user.at("/oneTimePassword").asString());
    page =
        page.with(
            "Cookie",
            page.post(
                    "/api/v1/session",
                    "{\"user\":\"tom\",\"password\":\"%s\"}".formatted(there.get("password")))
                .cookie());
    return there;
  }

  private static String idOf(Api.Answer made) {
    return made.json().at("/id").asString();
  }

  private static void clean() {
    List.of("device", "user_account", "enrolment_key", "webhook")
        .forEach(table -> DATABASE.execute("DELETE FROM " + table));
    // What is left of devices goes afterwards, and would be taken for a change.
    await().until(() -> SQL.number("SELECT count(*) FROM deleted_device") == 0);
  }

  private void deadLetter(String webhook) {
    made.put("delivery", "1");
    DATABASE.execute(
        "INSERT INTO webhook_delivery (webhook_id, event_id, body, state, created_at)"
            + " VALUES ('%s', 1, '{}', 'dead', now())".formatted(webhook));
  }

  /** A job whose device has its command. */
  private static String job() {
    String body = "{\"command\":{\"name\":\"a\"},\"target\":{\"devices\":[\"there\"]}}";
    String id = idOf(ADMIN.post("/api/v1/jobs", body));
    await().until(() -> ADMIN.get("/api/v1/jobs/" + id).json().at("/counts/queued").asInt() == 1);
    return id;
  }

  /** The rows of all that can be changed; not when a key was used last, which is no change. */
  private static String everything() {
    return SQL.lines(
        """
        SELECT t::text FROM device t UNION ALL SELECT t::text FROM device_token t
        UNION ALL SELECT t::text FROM token_rotation t
        UNION ALL SELECT t::text FROM enrolment_key t
        UNION ALL SELECT t::text FROM command t UNION ALL SELECT t::text FROM user_account t
        UNION ALL SELECT t::text FROM user_session t
        UNION ALL SELECT t::text FROM job t WHERE state <> 'preparing'
        UNION ALL SELECT concat(id, name, scopes, revoked_at) FROM api_key t
        UNION ALL SELECT concat(id, types, secret, disabled_cause) FROM webhook t
        UNION ALL SELECT concat(webhook_id, event_id) FROM webhook_delivery t WHERE state = 'dead'
        ORDER BY 1
        """);
  }

  private Api.Answer carryOut(Step step) {
    String[] route = step.route().split(" ", 2);
    Api api = step.as() == null ? ADMIN : page;
    if (AuditSteps.ENROLMENT.equals(step.as())) {
      api = ADMIN.with("Authorization", "Bearer " + made.getOrDefault("enrolment-secret", ""));
    }
    if (route[1].equals("/api/v1/commands")) {
      api = api.with("Content-Type", FleetCommandApi.NDJSON);
    }
    if (route[0].equals("PATCH")) {
      api = api.with("If-Match", "*");
    }
    String body = step.body();
    return api.call(
        route[0], filled(route[1]), body == null ? null : filled(body.replace('\'', '"')));
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> one : made.entrySet()) {
      filled = filled.replace("{" + one.getKey() + "}", one.getValue());
    }
    return filled;
  }

  /** What later steps and the search for secrets need of an answer. */
  private void keep(Step step, Api.Answer answer) {
    if (!answer.cookie().isEmpty()) {
      page = page.with("Cookie", answer.cookie());
      secrets.add(answer.cookie().replaceFirst(".*=", ""));
      secrets.remove("");
    }
    if (answer.status() == 204 || step.target().equals("commands")) {
      return;
    }
    JsonNode json = answer.json();
    for (String secret : List.of("token", "key", "oneTimePassword", "secret")) {
      if (json.has(secret)) {
        secrets.add(json.at("/" + secret).asString());
      }
    }
    Map<String, String> names = new LinkedHashMap<>();
    names.put("token.create", "token");
    names.put("command.send", "command");
    names.put("command.retry", "retried");
    names.put("job.create", "job");
    names.put("key.create", "key");
    names.put("enrolment-key.create", "key");
    names.put("webhook.create", "webhook");
    if (names.containsKey(step.action())) {
      made.put(names.get(step.action()), json.at("/id").asString());
    }
    if (step.action().equals("enrolment-key.create")) {
      made.put("enrolment-secret", json.at("/key").asString());
    }
    if (step.action().equals("webhook.create")) {
      deadLetter(json.at("/id").asString());
    }
    if (json.has("oneTimePassword")) {
      made.put("password", json.at("/oneTimePassword").asString());
    }
  }

  /** The entries that came after another one and are this step's. */
  private Optional<JsonNode> entryOf(Step step, String after) {
    return newest()
        .at("/items")
        .valueStream()
        .takeWhile(entry -> !entry.at("/id").asString().equals(after))
        .filter(entry -> entry.at("/action").asString().equals(step.action()))
        .filter(entry -> entry.at("/target").asString().equals(filled(step.target())))
        .filter(entry -> entry.at("/address").asString().equals("127.0.0.1"))
        .filter(entry -> who(entry).equals(who(step)))
        .collect(Collectors.collectingAndThen(Collectors.toList(), AuditWalkTest::only));
  }

  private static Optional<JsonNode> only(List<JsonNode> entries) {
    assertThat(entries).hasSize(1);
    return entries.stream().findFirst();
  }

  private static String who(Step step) {
    return switch (step.as()) {
      case null -> "key walker";
      case AuditSteps.ENROLMENT -> "enrolment line 4";
      case String user -> "user " + user;
    };
  }

  private static String who(JsonNode entry) {
    return entry.at("/actor/kind").asString() + " " + entry.at("/actor/name").asString();
  }

  private static JsonNode newest() {
    return ADMIN.get("/api/v1/audit?limit=5").json();
  }
}
