package io.mooring.hub.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.event.EventStore;
import io.mooring.hub.testing.Plans;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A plan made while nothing was open must not read all that is open later. */
class PresencePlansTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @Test
  void rowsAreLookedUpByTheirKeys() throws SQLException {
    Plans.fill(DATABASE);
    for (String sql : List.of(SessionOpenWrites.OPEN, PresenceWrites.CHANGE, PresenceWrites.END)) {
      Plans.mustLookUp(DATABASE, sql);
    }
  }

  /** There may be millions of them: the start of a hub must not take longer for that. */
  @Test
  void sessionsLeftOpenAreEndedWithoutReadingAllSessions() {
    Plans.fill(DATABASE);
    DATABASE.execute(
        "INSERT INTO session (device_key, epoch, node, address, agent, opened_at, closed_at)"
            + " SELECT key, n, 'n', '', '', now(), CASE WHEN n < 5 THEN now() END"
            + " FROM device, generate_series(1, 5) n",
        "UPDATE presence SET epoch = 5, state = 'online' WHERE device_key % 2 = 0",
        "UPDATE session SET closed_at = now() WHERE device_key % 2 = 1",
        "ANALYZE");
    PresenceStore store = new PresenceStore(DATABASE.database(), new EventStore("n"));
    long scans =
        DATABASE
            .database()
            .transaction(
                connection -> {
                  long before = scans(connection);
                  assertThat(store.endLeftSessions(connection, Instant.now())).isEqualTo(500);
                  return scans(connection) - before;
                });
    assertThat(scans).isZero();
    assertThat(new Sql(DATABASE).number("SELECT count(*) FROM session WHERE closed_at IS NULL"))
        .isZero();
  }

  private static long scans(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'session'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
