package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
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
}
