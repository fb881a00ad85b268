package io.mooring.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code hub user …}, through a hub and on the database. */
class UserCommandsTest {
  private static final String EVE =
      "{\"name\":\"eve\",\"role\":\"viewer\",\"enabled\":true,\"passwordChangeRequired\":true,"
          + "\"passwordExpiresAt\":\"2026-11-29T10:00:00Z\",\"oneTimePassword\":\"pw\"}";

  private final Map<String, String> env = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Cli.run(env, new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void throughAHub() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(201, EVE);
      assertThat(run("user", "create", "eve", "--role", "viewer")).isZero();
      assertThat(out.toString()).as("the password alone").isEqualTo("pw" + System.lineSeparator());
      assertThat(err.toString()).contains("of eve, to be changed").contains("2026-11-29");
      hub.answers(200, EVE);
      assertThat(run("user", "reset-password", "eve@x", "--json")).isZero();
      assertThat(out.toString().strip()).isEqualTo(EVE);
      hub.answers(200, EVE);
      assertThat(run("user", "disable", "eve")).isZero();
      assertThat(out.toString()).contains("eve is disabled.");
      hub.answers(200, EVE);
      assertThat(run("user", "enable", "eve")).isZero();
      hub.answers(200, "{\"items\":[" + EVE + "]}");
      assertThat(run("user", "list")).isZero();
      assertThat(out.toString().lines())
          .containsExactly(
              "USER  ROLE    STATE              LAST SIGN-IN",
              "eve   viewer  one-time password  never");
      assertThat(hub.asked.stream().map(a -> a.method() + " " + a.path()))
          .containsExactly(
              "POST /api/v1/users",
              "POST /api/v1/users/eve%40x/reset-password",
              "PATCH /api/v1/users/eve",
              "PATCH /api/v1/users/eve",
              "GET /api/v1/users");
      assertThat(hub.asked.getFirst().body()).contains("\"name\":\"eve\"", "\"role\":\"viewer\"");
      assertThat(hub.asked.get(2).body()).isEqualTo("{\"enabled\":false}");
      assertThat(hub.asked.get(3).body()).isEqualTo("{\"enabled\":true}");
    }
  }

  /** An older hub may be running on it, which would not know the schema afterwards. */
  @Test
  void theSchemaOfAnotherHubIsLeftAlone() {
    try (TestDatabase database = TestDatabase.create()) {
      env.put("MOORING_DATABASE_URL", database.url());
      env.put("MOORING_DATABASE_USER", database.user());
      env.put("MOORING_DATABASE_PASSWORD", database.password());
      database.execute(
          "DELETE FROM schema_history WHERE version = (SELECT max(version) FROM schema_history)");
      long steps = new Sql(database).number("SELECT count(*) FROM schema_history");
      assertThat(run("user", "create", "ada", "--role", "admin")).isEqualTo(1);
      assertThat(err.toString()).contains("schema of another version", "hub migrate", "--url");
      assertThat(new Sql(database).number("SELECT count(*) FROM schema_history")).isEqualTo(steps);
      assertThat(new Sql(database).number("SELECT count(*) FROM user_account")).isZero();
    }
  }

  @Test
  void onTheDatabase() {
    try (TestDatabase database = TestDatabase.create()) {
      env.put("MOORING_DATABASE_URL", database.url());
      env.put("MOORING_DATABASE_USER", database.user());
      env.put("MOORING_DATABASE_PASSWORD", database.password());
      assertThat(run("user", "create", "ada", "--role", "admin")).as(err.toString()).isZero();
      assertThat(out.toString().strip()).matches("\\w{24}");
      assertThat(run("user", "create", "ADA", "--role", "admin")).isEqualTo(1);
      assertThat(err.toString()).contains("A user ADA exists already");
      assertThat(run("user", "create", "eve", "--role", "root")).isEqualTo(2);
      assertThat(err.toString()).contains("there are viewer, operator, admin");
      assertThat(run("user", "disable", "ada")).isEqualTo(1);
      assertThat(err.toString()).contains("ada is the last admin");
      assertThat(run("user", "create", "eve", "--role", "viewer")).isZero();
      assertThat(run("user", "disable", "eve")).isZero();
      assertThat(run("user", "reset-password", "eve", "--json")).isZero();
      assertThat(out.toString()).contains("\"oneTimePassword\":\"");
      assertThat(run("user", "reset-password", "nobody")).isEqualTo(1);
      assertThat(err.toString()).contains("No user has the name nobody");
      assertThat(run("user", "disable", "nobody")).isEqualTo(1);
      assertThat(run("user", "list")).isZero();
      assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
          .containsExactly(
              "USER ROLE STATE LAST SIGN-IN",
              "ada admin one-time password never",
              "eve viewer disabled never");
      assertThat(run("key", "create", "--name", "x", "--scope", "all")).isEqualTo(2);
      assertThat(run("key", "create", "--name", "x", "--scope", "admin", "--expires", "x"))
          .isEqualTo(2);
      assertThat(run("key", "create", "--name", "x", "--scope", "admin")).isZero();
      assertThat(new Sql(database).lines("SELECT DISTINCT actor_id FROM audit"))
          .isEqualTo("command-line\n");
    }
  }
}
