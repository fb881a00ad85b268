package io.mooring.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.db.NodeLock;
import io.mooring.hub.testing.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How {@code hub serve} ends where it may not begin. */
class ServeTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @Test
  void refusesADatabaseThatAnotherHubUses() {
    Map<String, String> env =
        Map.of(
            "MOORING_DATABASE_URL", DATABASE.url(),
            "MOORING_DATABASE_USER", DATABASE.user(),
            "MOORING_DATABASE_PASSWORD", DATABASE.password(),
            "MOORING_NODE_NAME", "south");
    StringWriter err = new StringWriter();
    try (NodeLock _ = NodeLock.take(DATABASE.database(), "north", new Random())) {
      int code =
          Cli.run(
              env,
              new PrintWriter(new StringWriter()),
              new PrintWriter(err),
              "serve",
              "--port",
              "0");
      assertThat(code).isEqualTo(Cli.REFUSED);
    }
    assertThat(err.toString())
        .startsWith("Another hub uses this database: node north at")
        .doesNotContain("Exception");
  }
}
