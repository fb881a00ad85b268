package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DatabaseTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  /** An error is no exception: it too must not commit what was half done. */
  @Test
  void anErrorRollsBack() {
    DATABASE.execute("CREATE TABLE kept AS SELECT 1 AS n");

    assertThatThrownBy(
            () ->
                DATABASE
                    .database()
                    .transaction(
                        connection -> {
                          try (var statement = connection.createStatement()) {
                            statement.execute("DELETE FROM kept");
                          }
                          throw new NoClassDefFoundError("x");
                        }))
        .isInstanceOf(NoClassDefFoundError.class);

    assertThat(new Sql(DATABASE).number("SELECT count(*) FROM kept")).isEqualTo(1);
  }

  /** What a connection holds is freed when its other end is gone, whichever connection it is. */
  @Test
  void theServerNoticesConnectionsThatAreGone() throws SQLException {
    Database database = DATABASE.database();
    assertThat(database.query(DatabaseTest::keepalives)).isEqualTo("10 10 3");
    for (Connection own :
        List.of(
            database.openOwn(),
            database.openProbe("probe"),
            database.forMigrations().getConnection())) {
      try (own) {
        assertThat(keepalives(own)).isEqualTo("10 10 3");
      }
    }
  }

  private static String keepalives(Connection connection) throws SQLException {
    return show(connection, "tcp_keepalives_idle")
        + " "
        + show(connection, "tcp_keepalives_interval")
        + " "
        + show(connection, "tcp_keepalives_count");
  }

  @Test
  void theWriterFindsRowsByTheirKeysAndWaitsForLocksWithABound() throws SQLException {
    try (Connection own = DATABASE.database().openOwn()) {
      assertThat(show(own, "enable_hashjoin")).isEqualTo("off");
      assertThat(show(own, "enable_seqscan")).isEqualTo("off");
      assertThat(show(own, "jit")).isEqualTo("off");
      assertThat(show(own, "plan_cache_mode")).isEqualTo("force_generic_plan");
      assertThat(show(own, "lock_timeout")).isEqualTo("30s");
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }
}
