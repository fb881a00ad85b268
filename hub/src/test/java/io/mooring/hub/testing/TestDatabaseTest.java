package io.mooring.hub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {
  @AutoClose private static final TestDatabase ONE = TestDatabase.create();
  @AutoClose private static final TestDatabase OTHER = TestDatabase.create();

  @Test
  void databasesAreMigratedAndApart() {
    ONE.execute(
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('a', 'a', now(), now())");

    assertThat(devices(ONE)).isEqualTo(1);
    assertThat(devices(OTHER)).isZero();
  }

  private static int devices(TestDatabase database) {
    return database
        .database()
        .query(
            connection -> {
              try (Statement statement = connection.createStatement();
                  ResultSet rows = statement.executeQuery("SELECT count(*) FROM device")) {
                rows.next();
                return rows.getInt(1);
              }
            });
  }
}
