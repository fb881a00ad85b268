package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.Scope;
import io.mooring.hub.testing.Sql;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Jobs over HTTP, on a hub without sockets: nobody answers their commands. */
class JobApiTest {
  private static final String JOBS = "/api/v1/jobs";
  private static final String BODY =
      """
      {"title":"Nightly","command":{"name":"set","payload":{"a":1},"ttl":"PT1H"},"target":{"devices":["p-3","p-1"]},
       "rollout":{"maxInFlight":1},"abort":{"failurePercent":50}}
      """;

  @AutoClose private static final TestHub HUB = new TestHub();

  private final Api api = HUB.with(Scope.COMMANDS_SEND);
  private final Sql sql = new Sql(HUB.database);

  @BeforeAll
  static void devices() {
    IntStream.range(0, 5).forEach(i -> HUB.device("p-" + i));
  }

  @BeforeEach
  void tags() {
    HUB.database.execute("UPDATE device SET tags = '{\"hall\":\"3\"}' WHERE id > 'p-1'");
  }

  @Test
  void aJobIsAnsweredAsItWasAskedForAndCounted() {
    Api.Answer created = api.post(JOBS, BODY);

    assertThat(created.status()).as(created.response().body()).isEqualTo(201);
    JsonNode job = created.json();
    assertThat(created.header("Location")).isEqualTo(JOBS + "/" + job.at("/id").asString());
    assertThat(job.at("/title").asString()).isEqualTo("Nightly");
    assertThat(job.at("/command").toString())
        .isEqualTo(
            "{\"name\":\"set\",\"payload\":{\"a\":1},\"contentType\":\"application/json\",\"ttl\":\"PT1H\"}");
    assertThat(job.at("/target").toString()).isEqualTo("{\"listed\":2}");
    assertThat(job.at("/rollout").toString()).isEqualTo("{\"maxInFlight\":1}");
    assertThat(job.at("/abort").toString())
        .isEqualTo("{\"failurePercent\":50,\"minimumEnded\":10}");
    assertThat(job.at("/createdBy").asString()).startsWith("key:");
    assertThat(job.at("/createdByName").asString()).isEqualTo("test");
    assertThat(job.at("/state").asString()).isEqualTo("running");
    assertThat(job.at("/counts/total").asInt()).isEqualTo(2);

    String path = created.header("Location");
    await().until(() -> api.get(path).json().at("/counts/queued").asInt() == 1);
    assertThat(api.get(path).json().at("/why").asString())
        .isEqualTo(
            "Running, with 1 of 2 devices still to be released: 1 under way, as many as may be.");
    assertThat(api.get(path).json().at("/counts/waiting").asInt()).isEqualTo(1);
    assertThat(devices(path, "")).containsExactly("p-3 queued", "p-1 waiting");
    assertThat(devices(path, "?state=waiting")).containsExactly("p-1 waiting");
    assertThat(api.get(path + "/devices").json().at("/items/0/command").asString())
        .isEqualTo(
            sql.text(
                "SELECT id FROM command WHERE job_id = '%s'".formatted(job.at("/id").asString())));
  }

  @Test
  void tagsFindTheirDevicesOnce() {
    Api.Answer created = api.post(JOBS, tagged("{\"hall\":\"3\"}"));

    assertThat(created.json().at("/target").toString()).isEqualTo("{\"tags\":{\"hall\":\"3\"}}");
    assertThat(created.json().at("/counts/total").asInt()).isEqualTo(3);
    HUB.database.execute("UPDATE device SET tags = '{}'");
    String path = created.header("Location");
    await().until(() -> devices(path, "?state=queued").size() == 3);
    assertThat(devices(path, "")).containsExactly("p-2 queued", "p-3 queued", "p-4 queued");
  }

  @Test
  void theSameKeyIsTheSameJob() {
    Api keyed = api.with("Idempotency-Key", "k1");
    Api.Answer first = keyed.post(JOBS, BODY);
    Api.Answer again =
        keyed.post(JOBS, BODY.replace("{\"title\":\"Nightly\",", "{ \"title\" : \"Nightly\" ,"));

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().at("/id")).isEqualTo(first.json().at("/id"));
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    Api.Answer other = keyed.post(JOBS, BODY.replace("Nightly", "Daily"));
    other.isRefused(422, "");
    assertThat(other.json().at("/type").asString()).endsWith(":idempotency-key-taken");
    Api.Answer somebodyElses =
        HUB.with(Scope.COMMANDS_SEND).with("Idempotency-Key", "k1").post(JOBS, BODY);
    assertThat(somebodyElses.status()).isEqualTo(201);
    assertThat(sql.number("SELECT count(*) FROM job WHERE idempotency_key = 'k1'")).isEqualTo(2);
  }

  @Test
  void unknownDevicesAreNamedAndNothingIsMade() {
    long before = sql.number("SELECT count(*) FROM job");
    Api.Answer refused =
        api.post(JOBS, BODY.replace("[\"p-3\",\"p-1\"]", "[\"p-1\",\"q-1\",\"p-2\",\"q-2\"]"));

    refused.isRefused(400, "/target/devices/1");
    assertThat(refused.json().at("/errors").toString())
        .isEqualTo(
            "[{\"pointer\":\"/target/devices/1\",\"detail\":\"No device has the id q-1.\"},"
                + "{\"pointer\":\"/target/devices/3\",\"detail\":\"No device has the id q-2.\"}]");
    assertThat(sql.number("SELECT count(*) FROM job")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{}'|/command",
        "'{\"command\":{}}'|/command/name",
        "'{\"command\":{\"name\":\"x\",\"ttl\":\"x\"}}'|/command/ttl",
        "'{\"command\":{\"name\":\"x\",\"payload\":1,\"payloadBase64\":\"\"}}'|/command/payloadBase64",
        "'{\"command\":{\"name\":\"x\"}}'|/target",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"tags\":{\"a\":\"b\"},\"devices\":[\"p-1\"]}}'|/target",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"devices\":[]}}'|/target/devices",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"devices\":[\"p-1\",\"p-1\"]}}'|/target/devices/1",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"devices\":[\"p-1\",null]}}'|/target/devices/1",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"devices\":[\"p 1\"]}}'|/target/devices/0",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"tags\":{}}}'|/target/tags",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"tags\":{\"a/b\":null}}}'|/target/tags/a~1b",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"tags\":{\"hall\":\"4\"}}}'|/target/tags",
        "'{\"command\":{\"name\":\"x\"},\"target\":{\"hall\":\"4\"}}'|/target/hall",
      })
  void whatIsWrongIsNamed(String body, String pointer) {
    api.post(JOBS, body).isRefused(400, pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"title\":\"\"'|/title",
        "'\"rollout\":{\"waveSize\":0}'|/rollout/waveSize",
        "'\"rollout\":{\"wavePercent\":101}'|/rollout/wavePercent",
        "'\"rollout\":{\"waveSize\":1,\"wavePercent\":1}'|/rollout/wavePercent",
        "'\"rollout\":{\"waveInterval\":\"PT1M\"}'|/rollout/waveInterval",
        "'\"rollout\":{\"waveSize\":1,\"waveInterval\":\"PT0S\"}'|/rollout/waveInterval",
        "'\"rollout\":{\"perSecond\":-1}'|/rollout/perSecond",
        "'\"rollout\":{\"perSecond\":\"1\"}'|/rollout/perSecond",
        "'\"rollout\":{\"maxInFlight\":100001}'|/rollout/maxInFlight",
        "'\"abort\":{}'|/abort/failurePercent",
        "'\"abort\":{\"failurePercent\":101}'|/abort/failurePercent",
        "'\"abort\":{\"failurePercent\":1,\"minimumEnded\":0}'|/abort/minimumEnded",
        "'\"when\":1'|/when",
      })
  void whatIsWrongBesideIsNamed(String part, String pointer) {
    api.post(
            JOBS,
            "{\"command\":{\"name\":\"x\"},\"target\":{\"devices\":[\"p-1\"]},%s}".formatted(part))
        .isRefused(400, pointer);
  }

  @Test
  void pausedResumedCancelledAndThenNothing() {
    String path = api.post(JOBS, BODY).header("Location");

    for (int i = 0; i < 2; i++) {
      assertThat(state(api.post(path + "/pause", ""))).isEqualTo("200 paused");
    }
    for (int i = 0; i < 2; i++) {
      assertThat(state(api.post(path + "/resume", ""))).isEqualTo("200 running");
    }
    for (int i = 0; i < 2; i++) {
      assertThat(state(api.post(path + "/cancel", ""))).isEqualTo("200 cancelled");
    }
    Api.Answer refused = api.post(path + "/pause", "");
    refused.isRefused(409, "");
    assertThat(refused.json().at("/type").asString()).endsWith(":job-ended");
    api.post(path + "/resume", "").isRefused(409, "");
    await().until(() -> devices(path, "?state=skipped").equals(List.of("p-1 skipped")));
    JsonNode line = api.get(path + "/devices?state=skipped").json().at("/items/0");
    assertThat(line.at("/message").asString())
        .startsWith("the job ended before: cancelled by key ");
    assertThat(line.has("command")).isFalse();
    assertThat(api.get(path).json().at("/counts/skipped").asInt()).isEqualTo(1);
  }

  @Test
  void listsGoPageByPageNewestFirst() {
    List<String> ids =
        IntStream.range(0, 3)
            .mapToObj(i -> api.post(JOBS, BODY).json().at("/id").asString())
            .toList();
    api.post(JOBS + "/" + ids.get(1) + "/cancel", "");

    JsonNode first = api.get(JOBS + "?limit=2").json();
    assertThat(first.at("/items").findValuesAsString("id")).containsExactly(ids.get(2), ids.get(1));
    JsonNode second = api.get(JOBS + "?limit=2&cursor=" + first.at("/next").asString()).json();
    assertThat(second.at("/items/0/id").asString()).isEqualTo(ids.getFirst());
    assertThat(api.get(JOBS + "?state=cancelled&limit=1").json().at("/items/0/id").asString())
        .isEqualTo(ids.get(1));
    String path = JOBS + "/" + ids.getFirst() + "/devices";
    JsonNode page = api.get(path + "?limit=1").json();
    assertThat(page.at("/items/0/device").asString()).isEqualTo("p-3");
    assertThat(
            api.get(path + "?limit=1&cursor=" + page.at("/next").asString())
                .json()
                .at("/items/0/device")
                .asString())
        .isEqualTo("p-1");
    api.get(JOBS + "?state=preparing").isRefused(400, "?state");
    api.get(JOBS + "?cursor=x").isRefused(400, "?cursor");
    api.get(path + "?state=open").isRefused(400, "?state");
    api.get(path + "?cursor=xx").isRefused(400, "?cursor");
    api.get(JOBS + "/" + new java.util.UUID(1, 1)).isRefused(404, "");
    api.get("/api/v1/commands?job=x").isRefused(400, "?job");
  }

  private List<String> devices(String path, String query) {
    return api.get(path + "/devices" + query).json().at("/items").values().stream()
        .map(line -> line.at("/device").asString() + " " + line.at("/state").asString())
        .toList();
  }

  private static String state(Api.Answer answer) {
    return answer.status() + " " + answer.json().at("/state").asString();
  }

  private static String tagged(String tags) {
    return "{\"command\":{\"name\":\"set\"},\"target\":{\"tags\":%s}}".formatted(tags);
  }
}
