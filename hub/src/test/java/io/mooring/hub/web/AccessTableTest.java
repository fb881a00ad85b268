package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Role;
import io.mooring.hub.access.Scope;
import io.mooring.hub.testing.Actors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
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

/**
 * Walks the table of who may call what: each route without credentials, with a key of each scope,
 * as a user of each role, and with credentials that are no longer worth anything.
 */
class AccessTableTest {
  @AutoClose private static final TestHub HUB = new TestHub();

  /** Shown nothing at all. */
  private static final String EVERYBODY = "everybody";

  /** One route of the table. */
  record Line(String method, String template, Set<String> roles, Set<String> scopes) {
    static Line of(String text) {
      String[] columns = text.split("\\s+", -1);
      return new Line(columns[0], columns[1], names(columns[2]), names(columns[3]));
    }

    private static Set<String> names(String column) {
      return column.equals("-") ? Set.of() : Set.of(column.split(",", -1));
    }

    String name() {
      return method + " " + template;
    }

    boolean isGuarded() {
      return !roles.contains(EVERYBODY);
    }

    boolean changes() {
      return !method.equals("GET");
    }

    /** Of things that are not there: who is let in finds nothing, or sends no proper body. */
    String path() {
      return template
          .replace("{command}", "00000000-0000-0000-0000-000000000000")
          .replace("{job}", "00000000-0000-0000-0000-000000000000")
          .replaceAll("\\{\\w+}", "x");
    }

    @Override
    public String toString() {
      return name();
    }
  }

  @Test
  void everyRouteIsInTheTable() {
    assertThat(routes().map(AccessTableTest::name))
        .containsExactlyInAnyOrderElementsOf(table().map(Line::name).toList());
  }

  @Test
  void everyOperationOfTheDocumentIsARouteAndTheOtherWayRound() throws IOException {
    TreeSet<String> documented = new TreeSet<>();
    String path = "";
    for (String line : read("/api/openapi.yaml").lines().toList()) {
      if (line.matches(" {2}/\\S+:")) {
        path = line.strip().replace(":", "");
      } else if (line.matches(" {4}(get|post|put|patch|delete):")) {
        documented.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    assertThat(routes().map(AccessTableTest::name).filter(name -> name.contains("/api/v1/")))
        .containsExactlyInAnyOrderElementsOf(documented);
  }

  @Test
  void viewersChangeNothingButTheirOwnSession() {
    assertThat(table().filter(line -> line.changes() && line.roles().contains("viewer")))
        .allMatch(line -> line.template().startsWith("/api/v1/session"));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withoutCredentials(Line line) {
    Api.Answer answer = HUB.anonymous().call(line.method(), line.path(), null);

    answer.isRefused(401, "");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"mooring\"");
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withAKeyOfEachScope(Line line) {
    for (Scope scope : Scope.values()) {
      walk(line, HUB.with(scope), line.scopes().contains(scope.text()), scope.text());
    }
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withAKeyOfAllScopesButThose(Line line) {
    Scope[] others =
        Arrays.stream(Scope.values())
            .filter(scope -> scope != Scope.ADMIN && !line.scopes().contains(scope.text()))
            .toArray(Scope[]::new);
    walk(line, HUB.with(others), false, Arrays.toString(others));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void asAUserOfEachRole(Line line) {
    for (Role role : Role.values()) {
      Api page = HUB.signedIn(role.text());
      walk(line, page, line.roles().contains(role.text()), role.text());
    }
  }

  /** An admin, even: the password must be changed first. */
  @ParameterizedTest
  @MethodSource("guarded")
  void asAUserWithAOneTimePassword(Line line) {
    HUB.parts.users().delete("new", _ -> true, Actors.ANNA, HUB.clock.instant());
    Api page = HUB.signedIn("new", HUB.invite("new", Role.ADMIN));

    walk(line, page, line.scopes().isEmpty(), "one-time password");
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void withWhatIsWorthNothingAnyMore(Line line) {
    for (Api nobody : List.of(HUB.revokedKey(), HUB.expiredKey(), HUB.disabledUser())) {
      assertThat(nobody.call(line.method(), line.path(), null).status()).isEqualTo(401);
    }
  }

  /** A cookie that another site has the browser send along. */
  @ParameterizedTest
  @MethodSource("guarded")
  void changesByACookieFromElsewhere(Line line) {
    Api page = HUB.signedIn("admin");
    Api silent = new Api(page.base(), Map.of("Cookie", page.headers().getOrDefault("Cookie", "")));
    Api foreign = page.with("Origin", "https://evil.example");
    Api sibling = page.with("Sec-Fetch-Site", "same-site");

    for (Api elsewhere : List.of(silent, foreign, sibling)) {
      walk(line, elsewhere, !line.changes(), "from elsewhere");
    }
  }

  private static void walk(Line line, Api api, boolean mayEnter, String who) {
    // An event stream has no end to wait for; by HEAD it is refused once it is let in.
    String method = mayEnter && line.template().equals("/api/v1/events") ? "HEAD" : line.method();
    int status = api.call(method, line.path(), null).status();
    if (mayEnter) {
      assertThat(status).as(line + " with " + who).isNotIn(401, 403).isLessThan(500);
    } else {
      assertThat(status).as(line + " with " + who).isEqualTo(403);
    }
  }

  @Test
  void wrongMethodsAndPaths() {
    Api.Answer wrong = HUB.anonymous().call("PATCH", "/api/v1/devices", null);
    wrong.isRefused(405, "");
    assertThat(wrong.header("Allow")).isEqualTo("GET, POST");
    HUB.anonymous().get("/api/v1/nothing").isRefused(404, "");
    HUB.anonymous().get("/api/v1/devices/").isRefused(404, "");
    HUB.anonymous().get("/api/v1/devices/..%2fkeys").isRefused(400, "");
    for (String method : List.of("OPTIONS", "TRACE", "PUT")) {
      HUB.anonymous().call(method, "/api/v1/users", null).isRefused(405, "");
    }
  }

  private static Stream<Line> guarded() {
    return table().filter(Line::isGuarded);
  }

  private static Stream<Line> table() {
    try {
      return read("/access-table.txt").lines().filter(line -> !line.startsWith("#")).map(Line::of);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Route> routes() {
    EventStreams streams =
        new EventStreams(
            HUB.parts, new LongRequests(HUB.parts, Duration.ofDays(1)), Duration.ofDays(1));
    List<Route> routes =
        Routes.of(
            new CommandApi(Runnable::run),
            new FleetCommandApi(),
            new JobApi(Runnable::run),
            new ExportApi(1),
            new EventApi(streams),
            new OpenApiDocument());
    streams.close();
    return routes.stream();
  }

  private static String name(Route route) {
    return route.method() + " " + route.template();
  }

  private static String read(String resource) throws IOException {
    try (var in = AccessTableTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
