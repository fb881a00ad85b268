package io.mooring.hub.cluster;

import io.mooring.hub.db.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/**
 * The row in {@code node} of a hub that has its database for itself. It has no lease, as nobody
 * takes anything over from it; should it be killed, the row tells until when it was alive, which is
 * when its sessions have ended. A hub among several that starts later finds it lost, like any
 * other.
 */
public final class LoneNodeStore {
  /** Nobody waits for this commit, and a second less of a dead server's is no harm. */
  private static final String LAZILY = "SET LOCAL synchronous_commit = off";

  private static final String ALIVE =
      """
      INSERT INTO node (name, run, version, started_at, renewed_at, lease_ms)
      VALUES (?, ?, ?, clock_timestamp(), clock_timestamp(), 10000)
      ON CONFLICT (name) DO UPDATE SET
        run = EXCLUDED.run, version = EXCLUDED.version, renewed_at = EXCLUDED.renewed_at,
        lost = false, settled = false, draining = false, sessions = 0
      """;

  private final Database database;
  private final String name;
  private final String run;
  private final String version;

  public LoneNodeStore(Database database, String name, String version, RandomGenerator random) {
    this.database = database;
    this.name = name;
    this.run = "%08x".formatted(random.nextInt());
    this.version = version;
  }

  /** Notes that this hub is alive. Not before the sessions that a former run left are ended. */
  public void alive() {
    database.transaction(
        connection -> {
          try (PreparedStatement lazily = connection.prepareStatement(LAZILY);
              PreparedStatement note = connection.prepareStatement(ALIVE)) {
            lazily.execute();
            note.setString(1, name);
            note.setString(2, run);
            note.setString(3, version);
            return note.executeUpdate();
          }
        });
  }

  /** Whoever was there before is no more, and had its sessions ended: nothing is another's now. */
  public static void forgetOthers(Connection connection) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM node")) {
      delete.executeUpdate();
    }
  }

  /** It ends in order and leaves no session. */
  public void end() {
    database.query(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM node WHERE name = ? AND run = ?")) {
            delete.setString(1, name);
            delete.setString(2, run);
            return delete.executeUpdate();
          }
        });
  }
}
