package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Every operation with good and with bad input, each exchange checked against the OpenAPI document
 * by {@link Api}. What changes something has its good request in {@link AuditSteps}, which {@link
 * AuditWalkTest} holds to be whole; what only reads has it here.
 */
class OperationsTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private static final Api ADMIN = HUB.admin();
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
  private static final String NO_UUID = "00000000-0000-7000-8000-000000000000";

  /** A good request for each route that reads; whoever adds such a route adds one here. */
  private static final Map<String, String> READS =
      reads(
          """
          /api/v1/devices ?limit=1&q=pump&enabled=true&sort=-name
          /api/v1/devices/{device}
          /api/v1/devices/{device}/sessions ?limit=1
          /api/v1/devices/{device}/tokens
          /api/v1/devices/{device}/certificates
          /api/v1/rotations ?limit=1
          /api/v1/enrolment-keys
          /api/v1/devices/{device}/commands ?state=queued&limit=1
          /api/v1/devices/{device}/commands/{command}
          /api/v1/commands ?limit=1
          /api/v1/jobs ?limit=1
          /api/v1/jobs/{job}
          /api/v1/jobs/{job}/devices ?limit=1
          /api/v1/devices/{device}/telemetry/latest
          /api/v1/devices/{device}/telemetry ?metric=temp&from=2026-11-22T09:00:00Z
          /api/v1/devices/{device}/telemetry/export ?from=2026-11-22T09:00:00Z&format=csv
          /api/v1/fleet
          /api/v1/nodes
          /api/v1/events
          /api/v1/webhooks
          /api/v1/webhooks/{webhook}
          /api/v1/webhooks/{webhook}/deliveries ?state=dead
          /api/v1/keys
          /api/v1/users
          /api/v1/users/{user}
          /api/v1/audit ?limit=1
          /api/v1/settings
          /api/v1/session
          """);

  /** What stands for the variables of routes. */
  private static final Map<String, String> THERE = new TreeMap<>();

  private static String enrolmentKey = "";

  @BeforeAll
  static void prepare() {
    int key = HUB.device("pump-7");
    HUB.database.execute(
        "INSERT INTO layout (digest, metrics, types) VALUES ('1', ARRAY['temp'], ARRAY['number'])",
        "INSERT INTO device_layout VALUES (%d, 1)".formatted(key),
        ("INSERT INTO telemetry_batch VALUES (%d, 1, '2026-11-22T09:59:00Z', 1, 1,"
                + " '2026-11-22T09:59:02Z', NULL, false, 1, ARRAY[0], ARRAY[1.5],"
                + " NULL, NULL, NULL, NULL)")
            .formatted(key));
    String device = "/api/v1/devices/pump-7";
    THERE.put("device", "pump-7");
    THERE.put("node", "quay-1");
    THERE.put("user", "viewer");
    THERE.put("token", made(device + "/tokens", "{\"name\":\"x\"}"));
    THERE.put("certificate", "ab".repeat(32));
    ADMIN.post(device + "/certificates", "{\"fingerprint\":\"%s\"}".formatted("ab".repeat(32)));
    THERE.put("command", made(device + "/commands", "{\"name\":\"ping\"}"));
    THERE.put(
        "job",
        made(
            "/api/v1/jobs",
            "{\"command\":{\"name\":\"ping\"},\"target\":{\"devices\":[\"pump-7\"]}}"));
    THERE.put(
        "webhook", made("/api/v1/webhooks", "{\"name\":\"x\",\"url\":\"https://localhost/\"}"));
    THERE.put("delivery", "1");
    HUB.database.execute(
        ("INSERT INTO webhook_delivery (webhook_id, event_id, body, state, created_at)"
                + " VALUES ('%s', 1, '{\"id\":\"1\"}', 'dead', now())")
            .formatted(THERE.get("webhook")));
    THERE.put("key", made("/api/v1/keys", "{\"name\":\"k\",\"scopes\":[\"admin\"]}"));
    enrolmentKey =
        ADMIN
            .post("/api/v1/enrolment-keys", "{\"name\":\"e\",\"maxUses\":1}")
            .json()
            .at("/key")
            .asString();
  }

  private static String made(String path, String json) {
    Api.Answer answer = ADMIN.post(path, json);
    assertThat(answer.status()).as(answer.response().body()).isBetween(200, 299);
    return answer.json().at("/id").asString();
  }

  @Test
  void everyReadHasItsGoodRequest() {
    assertThat(routes().filter(route -> route.startsWith("GET ")).map(route -> route.substring(4)))
        .containsExactlyInAnyOrderElementsOf(READS.keySet());
  }

  @ParameterizedTest
  @MethodSource("reads")
  void goodInput(String template) {
    Api.Answer answer =
        as("GET " + template).get(path(template) + READS.getOrDefault(template, ""));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
  }

  /** The one that does not end. */
  @Test
  @Timeout(60)
  void goodInputOfTheStream() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(HUB.base() + "/api/v1/events"))
            .header("Authorization", ADMIN.headers().getOrDefault("Authorization", ""))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> answer =
          client.send(request, HttpResponse.BodyHandlers.ofLines());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      client.shutdownNow();
    }
  }

  /** Nothing is guessed at: a parameter that is misspelt is no parameter left out. */
  @ParameterizedTest
  @MethodSource("routes")
  void badQuery(String route) {
    String[] both = route.split(" ", 2);
    Api.Answer answer = as(route).call(both[0], path(both[1]) + "?nonsense=1", null);
    answer.isRefused(400, "?nonsense");
  }

  @ParameterizedTest
  @MethodSource("routesWithBody")
  void badBody(String route) {
    String[] both = route.split(" ", 2);
    Api.Answer answer = as(route).call(both[0], path(both[1]), "{\"nonsense\":1}");
    if (both[1].equals("/api/v1/commands")) {
      answer.isRefused(415, ""); // it takes lines
    } else {
      answer.isRefused(400, "/nonsense");
    }
  }

  /**
   * Each fault that the schema of the body knows, alone in an otherwise good body, told at its
   * place.
   */
  @ParameterizedTest
  @MethodSource("routesWithBody")
  void bodyAgainstItsSchema(String route) {
    String[] both = route.split(" ", 2);
    Map<String, JsonNode> bad = ApiDocument.badBodies(route);
    if (both[1].equals("/api/v1/commands")) {
      assertThat(bad).isEmpty(); // it takes lines
      return;
    }
    assertThat(bad).isNotEmpty();
    SoftAssertions all = new SoftAssertions();
    bad.forEach(
        (fault, body) -> {
          Api.Answer answer = as(route).call(both[0], path(both[1]), body.toString());
          all.assertThat(answer.status()).as(fault + answer.response().body()).isEqualTo(400);
          all.assertThat(answer.json().at("/errors/0/pointer").asString(""))
              .as(fault + answer.response().body())
              .isEqualTo(fault.split(" ", 2)[0]);
        });
    all.assertAll();
  }

  /** Each variable of its path alone stands for nothing, with an otherwise good request. */
  @ParameterizedTest
  @MethodSource("routesWithVariable")
  void unknownId(String route) {
    String[] both = route.split(" ", 2);
    Matcher variables = VARIABLE.matcher(both[1]);
    while (variables.find()) {
      String name = variables.group(1);
      String nobody = ApiDocument.isUuid(name) ? NO_UUID : "nobody";
      String path = path(both[1].replace(variables.group(), nobody));
      JsonNode body = ApiDocument.example(route);
      Api.Answer answer =
          as(route)
              .with("If-Match", "*")
              .call(
                  both[0],
                  path + READS.getOrDefault(both[0].equals("GET") ? both[1] : "", ""),
                  body.isMissingNode() ? null : body.toString());
      answer.isRefused(404, "");
      assertThat(answer.json().at("/detail").asString()).as(path).isNotEmpty();
    }
  }

  private static Map<String, String> reads(String lines) {
    Map<String, String> reads = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      String[] both = line.split(" ", 2);
      reads.put(both[0], both.length == 1 ? "" : both[1]);
    }
    return reads;
  }

  private static Stream<String> reads() {
    return READS.keySet().stream().filter(template -> !template.equals("/api/v1/events"));
  }

  private static Stream<String> routes() {
    return AccessTableTest.routes()
        .filter(route -> route.template().startsWith("/api/v1/"))
        .map(route -> route.method() + " " + route.template());
  }

  private static Stream<String> routesWithBody() {
    return ApiDocument.routesWithBody();
  }

  private static Stream<String> routesWithVariable() {
    return routes().filter(route -> route.contains("{"));
  }

  private static String path(String template) {
    String path = template;
    for (Map.Entry<String, String> one : THERE.entrySet()) {
      path = path.replace("{" + one.getKey() + "}", one.getValue());
    }
    return path;
  }

  private static Api as(String route) {
    if (route.contains("/api/v1/session")) {
      return HUB.signedIn("admin");
    }
    return route.endsWith("/enrol") ? ADMIN.with("Authorization", "Bearer " + enrolmentKey) : ADMIN;
  }
}
