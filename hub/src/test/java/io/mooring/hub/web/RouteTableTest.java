package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each route of the table, without credentials and with a key that has every scope but its own. */
class RouteTableTest {
  @AutoClose private static final TestHub HUB = new TestHub();

  /** Written down again on purpose: who widens a route must widen it here too. */
  private static final Map<String, Set<Scope>> NEEDED =
      Map.ofEntries(
          Map.entry("GET /api/v1/devices", Set.of(Scope.DEVICES_READ)),
          Map.entry("POST /api/v1/devices", Set.of(Scope.DEVICES_WRITE)),
          Map.entry("GET /api/v1/devices/{device}", Set.of(Scope.DEVICES_READ)),
          Map.entry("GET /api/v1/devices/{device}/tokens", Set.of(Scope.DEVICES_WRITE)),
          Map.entry("POST /api/v1/devices/{device}/tokens", Set.of(Scope.DEVICES_WRITE)),
          Map.entry("DELETE /api/v1/devices/{device}/tokens/{token}", Set.of(Scope.DEVICES_WRITE)),
          Map.entry(
              "GET /api/v1/devices/{device}/commands",
              Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/devices/{device}/commands", Set.of(Scope.COMMANDS_SEND)),
          Map.entry(
              "GET /api/v1/devices/{device}/commands/{command}",
              Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry(
              "POST /api/v1/devices/{device}/commands/{command}/cancel",
              Set.of(Scope.COMMANDS_SEND)),
          Map.entry(
              "POST /api/v1/devices/{device}/commands/{command}/retry",
              Set.of(Scope.COMMANDS_SEND)),
          Map.entry("GET /api/v1/commands", Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/commands", Set.of(Scope.COMMANDS_SEND)),
          Map.entry("GET /api/v1/jobs", Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/jobs", Set.of(Scope.COMMANDS_SEND)),
          Map.entry("GET /api/v1/jobs/{job}", Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry(
              "GET /api/v1/jobs/{job}/devices", Set.of(Scope.DEVICES_READ, Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/jobs/{job}/pause", Set.of(Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/jobs/{job}/resume", Set.of(Scope.COMMANDS_SEND)),
          Map.entry("POST /api/v1/jobs/{job}/cancel", Set.of(Scope.COMMANDS_SEND)),
          Map.entry("GET /api/v1/devices/{device}/telemetry/latest", Set.of(Scope.TELEMETRY_READ)),
          Map.entry("GET /api/v1/devices/{device}/telemetry", Set.of(Scope.TELEMETRY_READ)),
          Map.entry("GET /api/v1/fleet", Set.of(Scope.DEVICES_READ)),
          Map.entry("GET /api/v1/events", Set.of(Scope.DEVICES_READ)),
          Map.entry("GET /api/v1/keys", Set.of(Scope.ADMIN)),
          Map.entry("POST /api/v1/keys", Set.of(Scope.ADMIN)),
          Map.entry("DELETE /api/v1/keys/{key}", Set.of(Scope.ADMIN)),
          Map.entry("GET /api/v1/session", Set.of()),
          Map.entry("DELETE /api/v1/session", Set.of()));

  private static final Set<String> FREE = Set.of("POST /api/v1/session", "GET /api/openapi.yaml");

  @Test
  void everyRouteIsInThisTest() {
    Set<String> expected = new TreeSet<>(NEEDED.keySet());
    expected.addAll(FREE);
    assertThat(routes().map(RouteTableTest::name)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void everyOperationOfTheDocumentIsARouteAndTheOtherWayRound() throws Exception {
    TreeSet<String> documented = new TreeSet<>();
    String path = "";
    for (String line : document().lines().toList()) {
      if (line.matches(" {2}/\\S+:")) {
        path = line.strip().replace(":", "");
      } else if (line.matches(" {4}(get|post|put|patch|delete):")) {
        documented.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    assertThat(routes().map(RouteTableTest::name).filter(name -> name.contains("/api/v1/")))
        .containsExactlyInAnyOrderElementsOf(documented);
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withoutCredentials(String method, String path, Set<Scope> needed) {
    Api.Answer answer = HUB.anonymous().call(method, path, null);

    answer.isRefused(401, "");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"mooring\"");
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withEveryOtherScope(String method, String path, Set<Scope> needed) {
    Set<Scope> others = EnumSet.complementOf(EnumSet.of(Scope.ADMIN));
    others.removeAll(needed);
    Api api = HUB.with(others.toArray(Scope[]::new));

    api.call(method, path, null).isRefused(403, "");
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withEachScopeThatIsEnough(String method, String path, Set<Scope> needed) {
    if (path.equals("/api/v1/events")) {
      return; // a stream has no end to wait for: EventStreamTest opens it
    }
    for (Scope scope : needed) {
      assertThat(HUB.with(scope).call(method, path, null).status()).isNotIn(401, 403, 500);
    }
  }

  @Test
  void wrongMethodsAndPaths() {
    Api.Answer wrong = HUB.anonymous().call("PATCH", "/api/v1/devices", null);
    wrong.isRefused(405, "");
    assertThat(wrong.header("Allow")).isEqualTo("GET, POST");
    HUB.anonymous().get("/api/v1/nothing").isRefused(404, "");
    HUB.anonymous().get("/api").isRefused(404, "");
    HUB.anonymous().get("/api/v1/devices/").isRefused(404, "");
    HUB.anonymous().get("/api/v1/devices/..%2fkeys").isRefused(400, "");
  }

  private static Stream<Object[]> guarded() {
    return routes()
        .filter(route -> NEEDED.containsKey(name(route)))
        .map(
            route ->
                new Object[] {
                  route.method(),
                  route
                      .template()
                      .replace("{command}", "00000000-0000-0000-0000-000000000000")
                      .replaceAll("\\{\\w+}", "x"),
                  NEEDED.getOrDefault(name(route), Set.of())
                });
  }

  private static Stream<Route> routes() {
    EventStreams streams =
        new EventStreams(HUB.parts, new Authenticator(HUB.parts), Duration.ofDays(1));
    List<Route> routes =
        Routes.of(
            new CommandApi(Runnable::run),
            new FleetCommandApi(),
            new JobApi(Runnable::run),
            new EventApi(streams),
            new OpenApiDocument());
    streams.close();
    return routes.stream();
  }

  private static String name(Route route) {
    return route.method() + " " + route.template();
  }

  private static String document() throws IOException {
    try (var in = RouteTableTest.class.getResourceAsStream("/api/openapi.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
