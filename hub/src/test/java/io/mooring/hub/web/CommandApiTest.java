package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.Role;
import io.mooring.hub.access.Scope;
import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
import io.mooring.hub.db.DatabaseException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandApiTest {
  private static final String PATH = "/api/v1/devices/pump-7/commands";
  private static final String BODY =
      "{\"name\":\"set\",\"payload\":{\"b\":1.50,\"a\":[true,null]},\"ttl\":\"PT1H\"}";

  private final TestHub hub = new TestHub();
  private final Api api = hub.with(Scope.COMMANDS_SEND);

  @BeforeEach
  void device() {
    hub.device("pump-7");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void sentCommandIsUnderWay() {
    Api.Answer sent = api.post(PATH, BODY);

    assertThat(sent.status()).isEqualTo(202);
    assertThat(sent.json().at("/state").asString()).isEqualTo("queued");
    assertThat(sent.json().at("/expiresAt").asString()).isEqualTo("2026-11-22T11:00:00Z");
    assertThat(sent.json().at("/why").asString()).startsWith("Queued: pump-7 has never connected");
    Api.Answer found = api.get(sent.header("Location"));
    assertThat(found.json().at("/transitions/1/epoch").asInt()).isEqualTo(4);
    assertThat(found.json().at("/payload/a/0").asBoolean()).isTrue();
  }

  @Test
  void payloadIsCanonical() {
    api.post(PATH, BODY);

    assertThat(new String(hub.commands.only().payload(), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":[true,null],\"b\":1.50}");
    assertThat(hub.commands.only().contentType()).isEqualTo("application/json");
  }

  @Test
  void payloadBeyondTheLimitsOfTheParserIsRefusedByThem() {
    for (String payload : List.of(nested(500), "1".repeat(1001), "1." + "0".repeat(1000))) {
      Api.Answer answer = api.post(PATH, "{\"name\":\"set\",\"payload\":" + payload + "}");
      answer.isRefused(400, "");
      assertThat(answer.response().body()).contains("500 levels").contains("1000 and 50000");
    }
    Api.Answer sent =
        api.post(PATH, "{\"name\":\"set\",\"payload\":" + nested(499) + ",\"ttl\":\"PT1H\"}");
    assertThat(sent.status()).as(sent.response().body()).isEqualTo(202);
    hub.commands.end(
        hub.commands.only().id(), CommandState.SUCCEEDED, answer("application/json", nested(500)));
    assertThat(api.get(PATH).status()).isEqualTo(200);
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  @Test
  void sameKeyGivesTheSameCommandAndAnotherRequestIsRefused() {
    Api keyed = api.with("Idempotency-Key", "k1");
    String id = keyed.post(PATH, BODY).json().at("/id").asString();
    String reordered =
        "{\"ttl\":\"PT60M\", \"payload\":{\"a\":[true,null],\"b\":1.50}, \"name\":\"set\"}";

    assertThat(keyed.post(PATH, reordered).json().at("/id").asString()).isEqualTo(id);
    keyed.post(PATH, "{\"name\":\"other\"}").isRefused(422, "");
    assertThat(
            hub.with(Scope.COMMANDS_SEND)
                .with("Idempotency-Key", "k1")
                .post(PATH, "{\"name\":\"other\"}")
                .status())
        .as("keys belong to their caller")
        .isEqualTo(202);
  }

  @Test
  void waitingCallerGetsTheResult() {
    CompletableFuture<Api.Answer> answer =
        api.with("Prefer", "respond-async, wait=20").later("POST", PATH, BODY);
    await().until(() -> hub.commands.waiters.get() == 1);

    hub.commands.end(
        hub.commands.only().id(), CommandState.FAILED, answer("application/json", "{\"n\":1}"));

    assertThat(answer.join().status()).isEqualTo(200);
    assertThat(answer.join().json().at("/result/payload/n").asInt()).isEqualTo(1);
    assertThat(answer.join().json().at("/why").asString())
        .isEqualTo("pump-7 tried it and failed at 2026-11-22T10:00:00Z: no power.");
  }

  /** The answer may tell much, and comes up to a minute later. */
  @Test
  void whoHasLostTheKeyMeanwhileGetsNoResult() {
    CompletableFuture<Api.Answer> answer = api.with("Prefer", "wait=60").later("POST", PATH, BODY);
    await().until(() -> hub.commands.waiters.get() == 1);

    hub.revokeAllKeys();

    answer.orTimeout(20, TimeUnit.SECONDS).join().isRefused(401, "");
  }

  /** Where the users' list says otherwise, a session is over. */
  @Test
  void whoIsDisabledMeanwhileGetsNoResult() {
    hub.user("dan", Role.OPERATOR);
    CompletableFuture<Api.Answer> answer =
        hub.signedIn("dan").with("Prefer", "wait=60").later("POST", PATH, BODY);
    await().until(() -> hub.commands.waiters.get() == 1);

    hub.admin().patch("/api/v1/users/dan", "{\"enabled\":false}");

    answer.orTimeout(20, TimeUnit.SECONDS).join().isRefused(401, "");
  }

  @Test
  void repeatOfAnEndedCommandIsAnsweredWithItsEnd() {
    Api keyed = api.with("Idempotency-Key", "k1");
    keyed.post(PATH, BODY);
    hub.commands.end(
        hub.commands.only().id(), CommandState.SUCCEEDED, answer("image/png", "\u0001"));

    Api.Answer repeated = keyed.post(PATH, BODY);

    assertThat(repeated.status()).isEqualTo(200);
    assertThat(repeated.json().at("/result/payload").asString()).isEqualTo("AQ==");
  }

  @Test
  void waitEndsInTimeAndLeavesNobodyWaiting() {
    Api.Answer answer = api.with("Prefer", "wait=1").post(PATH, BODY);

    assertThat(answer.status()).isEqualTo(202);
    await().until(() -> hub.commands.waiters.get() == 0);
  }

  @Test
  void fullQueueAndAbsentDatabaseAreTold() {
    hub.commands.most = 0;
    Api.Answer full = api.post(PATH, BODY);
    full.isRefused(429, "");
    assertThat(full.header("Retry-After")).isNotEmpty();

    hub.commands.nextAnswer =
        CompletableFuture.failedFuture(new DatabaseException(new SQLException("x", "08006")));
    Api.Answer away = api.post(PATH, BODY);
    away.isRefused(503, "");
    assertThat(away.header("Retry-After")).isNotEmpty();
  }

  @Test
  void faultsTellAnIdAndNothingElse() {
    hub.commands.nextAnswer =
        CompletableFuture.<Commands.Accepted>failedFuture(new IllegalStateException("inner life"));
    Api.Answer fault = api.post(PATH, BODY);

    fault.isRefused(500, "");
    assertThat(fault.response().body()).contains("under the id").doesNotContain("inner life");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                      | /name",
        "{\"name\":\"a b\"}                      | /name",
        "{\"name\":\"a\",\"ttl\":\"PT0.5S\"}     | /ttl",
        "{\"name\":\"a\",\"ttl\":\"P31D\"}       | /ttl",
        "{\"name\":\"a\",\"ttl\":\"1h\"}         | /ttl",
        "{\"name\":\"a\",\"ttl\":60}             | /ttl",
      })
  void badCommandsAreRefusedAtTheirPlace(String body, String pointer) {
    api.post(PATH, body).isRefused(400, pointer);
  }

  @Test
  void limitsOfTheRest() {
    String big = "{\"name\":\"a\",\"payload\":\"" + "x".repeat(32 * 1024) + "\"}";
    api.post(PATH, big).isRefused(400, "/payload");
    api.with("Prefer", "wait=61").post(PATH, BODY).isRefused(400, "Prefer");
    for (String wait : new String[] {"wait=soon", "wait", "respond-async, Wait=-1", "wait=1s"}) {
      api.with("Prefer", wait).post(PATH, BODY).isRefused(400, "Prefer");
    }
    assertThat(api.with("Prefer", "handling=lenient; waiting=x").post(PATH, BODY).status())
        .isEqualTo(202);
    api.with("Idempotency-Key", "x".repeat(129)).post(PATH, BODY).isRefused(400, "Idempotency-Key");
    api.get(PATH + "?state=open").isRefused(400, "?state");
    api.get(PATH + "?cursor=x").isRefused(400, "?cursor");
    api.get(PATH + "/not-a-uuid").isRefused(404, "");
    api.get(PATH + "/00000000-0000-0000-0000-000000000000").isRefused(404, "");
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    api.post(PATH, "{\"name\":\"a\",\"payload\":" + deep + "}").isRefused(400, "");
  }

  @Test
  void payloadMayBeLeftOut() {
    Api.Answer sent = api.post(PATH, "{\"name\":\"ping\"}");

    assertThat(sent.status()).isEqualTo(202);
    assertThat(hub.commands.only().payload()).isEmpty();
    assertThat(hub.commands.only().expiresAt()).isEqualTo(Instant.parse("2026-11-23T10:00:00Z"));
  }

  @Test
  void listPagesNewestFirst() {
    for (int i = 0; i < 3; i++) {
      api.post(PATH, "{\"name\":\"c%d\"}".formatted(i));
    }
    var first = api.get(PATH + "?limit=2&state=queued").json();
    var second = api.get(PATH + "?limit=2&cursor=" + first.at("/next").asString()).json();

    assertThat(first.at("/items/0/name").asString()).isEqualTo("c2");
    assertThat(second.at("/items/0/name").asString()).isEqualTo("c0");
    assertThat(second.has("next")).isFalse();
    assertThat(second.at("/items/0").has("transitions")).isFalse();
  }

  private static Command.Answer answer(String type, String payload) {
    return new Command.Answer(type, payload.getBytes(StandardCharsets.UTF_8), "no power", null);
  }
}
