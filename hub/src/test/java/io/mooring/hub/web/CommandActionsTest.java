package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Scope;
import io.mooring.hub.command.CommandState;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Cancelling, trying again, payloads of bytes, and many commands at once, over HTTP. */
class CommandActionsTest {
  private static final String PATH = "/api/v1/devices/pump-7/commands";
  private static final String BODY = "{\"name\":\"set\",\"payload\":{\"a\":1},\"ttl\":\"PT1H\"}";

  private final TestHub hub = new TestHub();
  private final Api api = hub.with(Scope.COMMANDS_SEND);

  @BeforeEach
  void device() {
    hub.device("pump-7");
    hub.device("pump-8");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void cancellingIsAnsweredWithTheCommandHoweverOften() {
    String path = api.post(PATH, BODY).header("Location");
    for (int i = 0; i < 2; i++) {
      Api.Answer cancelled = api.post(path + "/cancel", "");
      assertThat(cancelled.status()).isEqualTo(200);
      assertThat(cancelled.json().at("/state").asString()).isEqualTo("cancelled");
      assertThat(cancelled.json().at("/transitions").isArray()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CommandState.class,
      names = {"RECEIVED", "SUCCEEDED", "FAILED", "REJECTED", "EXPIRED", "UNDELIVERABLE"})
  void whatCannotBeCancelledIsAConflict(CommandState state) {
    String path = api.post(PATH, BODY).header("Location");
    hub.commands.end(hub.commands.only().id(), state, null);

    Api.Answer refused = api.post(path + "/cancel", "");

    refused.isRefused(409, "");
    assertThat(refused.json().at("/type").asString())
        .endsWith(state == CommandState.RECEIVED ? ":command-received" : ":command-ended");
  }

  @Test
  void aRetryCopiesTheCommandAndNamesIt() {
    Api.Answer sent = api.post(PATH, BODY);
    String path = sent.header("Location");
    api.post(path + "/retry", "").isRefused(409, "");
    hub.commands.end(hub.commands.only().id(), CommandState.FAILED, null);

    Api.Answer again = api.post(path + "/retry", "");

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.json().at("/retryOf").asString()).isEqualTo(sent.json().at("/id").asString());
    assertThat(api.get(path).json().at("/retriedBy")).isEqualTo(again.json().at("/id"));
    assertThat(api.get(again.header("Location")).json().has("retriedBy")).isFalse();
    assertThat(again.json().at("/payload/a").asInt()).isEqualTo(1);
    assertThat(again.json().at("/expiresAt").asString()).isEqualTo("2026-11-22T11:00:00Z");
    assertThat(api.post(path + "/retry", "{\"ttl\":\"PT5M\"}").json().at("/expiresAt").asString())
        .isEqualTo("2026-11-22T10:05:00Z");
  }

  /** A way out that is refused in its turn is worse than none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUEUED        | Cancel it first, or wait for its end.",
        "SENT          | Cancel it first, or wait for its end.",
        "RECEIVED      | Wait for its end.",
        "SUCCEEDED     | Send a new command to have it done once more.",
        "FAILED        | -",
        "REJECTED      | -",
        "EXPIRED       | -",
        "CANCELLED     | -",
        "UNDELIVERABLE | -",
      })
  void whatTheRefusalOfARetryAdvisesIsAccepted(CommandState state, String advice) {
    for (String way : List.of("cancel", "wait", "new")) {
      String path = api.post(PATH, BODY).header("Location");
      UUID id = UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
      hub.commands.end(id, state, null);
      Api.Answer answer = api.post(path + "/retry", "");
      if (advice.equals("-")) {
        assertThat(answer.status()).isEqualTo(202);
        continue;
      }
      answer.isRefused(409, "");
      String detail = answer.json().at("/detail").asString();
      assertThat(detail).endsWith(advice);
      if (way.equals("cancel") && detail.contains("Cancel it")) {
        assertThat(api.post(path + "/cancel", "").status()).isEqualTo(200);
        assertThat(api.post(path + "/retry", "").status()).isEqualTo(202);
      } else if (way.equals("wait") && detail.toLowerCase(Locale.ROOT).contains("wait for its")) {
        hub.commands.end(id, CommandState.UNDELIVERABLE, null);
        assertThat(api.post(path + "/retry", "").status()).isEqualTo(202);
      } else if (way.equals("new") && detail.contains("Send a new command")) {
        assertThat(api.post(PATH, BODY).status()).isEqualTo(202);
      }
    }
  }

  @Test
  void whatSucceededIsNotTriedAgain() {
    String path = api.post(PATH, BODY).header("Location");
    hub.commands.end(hub.commands.only().id(), CommandState.SUCCEEDED, null);

    Api.Answer refused = api.post(path + "/retry", "");

    refused.isRefused(409, "");
    assertThat(refused.json().at("/type").asString()).endsWith(":command-succeeded");
  }

  @Test
  void payloadsOfBytesKeepTheirType() {
    Api.Answer sent =
        api.post(
            PATH,
            "{\"name\":\"set\",\"payloadBase64\":\"AQID\",\"contentType\":\"application/cbor\"}");
    assertThat(sent.status()).isEqualTo(202);
    assertThat(hub.commands.only().payload()).containsExactly(1, 2, 3);
    assertThat(sent.json().at("/contentType").asString()).isEqualTo("application/cbor");
    assertThat(sent.json().at("/payload").asString()).isEqualTo("AQID");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"payloadBase64\":\"?\"                                       | /payloadBase64",
        "\"payloadBase64\":\"AQID\",\"payload\":1                      | /payloadBase64",
        "\"payloadBase64\":\"AQID\",\"contentType\":\"cbor\"           | /contentType",
        "\"payloadBase64\":\"AQID\",\"contentType\":\"application/json\" | /contentType",
        "\"payload\":1,\"contentType\":\"text/plain\"                  | /contentType",
      })
  void badPayloadsAreRefusedAtTheirPlace(String fields, String pointer) {
    api.post(PATH, "{\"name\":\"a\"," + fields + "}").isRefused(400, pointer);
  }

  @Test
  void bytesBeyondTheLimitAreRefused() {
    String big = Base64.getEncoder().encodeToString(new byte[32 * 1024 + 1]);
    api.post(PATH, "{\"name\":\"a\",\"payloadBase64\":\"" + big + "\"}")
        .isRefused(400, "/payloadBase64");
  }

  @Test
  void eachLineOfABulkRequestHasItsOutcome() {
    Api.Answer answer =
        bulk(
            "{\"device\":\"pump-7\",\"name\":\"a\",\"idempotencyKey\":\"k\"}",
            "{\"device\":\"nobody\",\"name\":\"a\"}",
            "{not json",
            "{\"device\":\"pump-8\",\"name\":\"b c\"}",
            "{\"name\":\"a\"}",
            "{\"device\":\"pump-7\",\"name\":\"a\",\"idempotencyKey\":\"k\"}",
            "{\"device\":\"pump-7\",\"name\":\"b\",\"idempotencyKey\":\"k\"}",
            "{\"device\":\"pump-8\",\"name\":\"a\",\"payload\":7}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
    List<String> lines = answer.response().body().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.getFirst()).startsWith("{\"status\":202,\"device\":\"pump-7\",\"id\":\"");
    assertThat(lines.get(1)).startsWith("{\"status\":404,\"device\":\"nobody\",\"problem\":{");
    assertThat(lines.get(2)).startsWith("{\"status\":400,\"problem\":{");
    assertThat(lines.get(3)).contains("\"status\":400").contains("/name");
    assertThat(lines.get(4)).contains("\"status\":400").contains("/device");
    assertThat(lines.get(5)).contains("\"status\":202").contains("\"repeated\":true");
    assertThat(lines.get(6)).contains("\"status\":422").contains("idempotency-key-taken");
    assertThat(lines.get(7)).contains("\"status\":202");
    assertThat(api.get("/api/v1/commands").json().at("/items").size()).isEqualTo(2);
  }

  @Test
  void bulkRequestsAreBounded() {
    String line = "{\"device\":\"pump-7\",\"name\":\"a\"}\n";
    Api.Answer tooMany = bulk(line.repeat(1001).strip());
    tooMany.isRefused(413, "");
    bulk("").isRefused(400, "");
    bulk("x".repeat(4 * 1024 * 1024 + 1)).isRefused(413, "");
    api.post("/api/v1/commands", line.strip()).isRefused(415, "");
  }

  private Api.Answer bulk(String... lines) {
    return api.with("Content-Type", "application/x-ndjson")
        .post("/api/v1/commands", String.join("\n", lines));
  }

  @Test
  void theFleetsCommandsAreListedByPageAndFilter() {
    for (int i = 0; i < 3; i++) {
      api.post(PATH, "{\"name\":\"c%d\"}".formatted(i));
      api.post(PATH.replace("7", "8"), "{\"name\":\"c%d\"}".formatted(i));
    }
    var first = api.get("/api/v1/commands?limit=4").json();
    var second = api.get("/api/v1/commands?limit=4&cursor=" + first.at("/next").asString()).json();
    assertThat(first.at("/items/0/device").asString()).isEqualTo("pump-8");
    assertThat(first.at("/items/1/device").asString()).isEqualTo("pump-7");
    assertThat(second.at("/items").size()).isEqualTo(2);
    assertThat(second.has("next")).isFalse();
    assertThat(api.get("/api/v1/commands?device=pump-7&name=c1").json().at("/items").size())
        .isEqualTo(1);
    api.get("/api/v1/commands?device=nobody").isRefused(404, "");
    api.get("/api/v1/commands?state=open").isRefused(400, "?state");
    api.get("/api/v1/commands?from=today").isRefused(400, "?from");
    api.get("/api/v1/commands?cursor=x").isRefused(400, "?cursor");
  }
}
