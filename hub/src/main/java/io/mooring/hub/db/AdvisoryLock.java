package io.mooring.hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A lock by which hubs keep each other out. It lasts as long as its connection, so a hub that is
 * killed leaves none behind.
 *
 * @param take gets it, or fails after a while
 * @param holds condition on {@code pg_locks} for those who are in the way
 */
record AdvisoryLock(String take, String holds) {
  /** The name of the database's lock: any number will do that nobody else uses. "mooring". */
  static final long KEY = 0x6d6f6f72696e67L;

  /** The first half of a name's lock. "node". */
  private static final int NAMES = 0x6e6f6465;

  /** The server ends a killed hub's connection within milliseconds: two seconds are patience. */
  private static final String SOON = "SET lock_timeout = '2s'; ";

  private static final String OF_DATABASE =
      "l.objsubid = 1 AND (l.classid::bigint << 32) + l.objid::bigint = " + KEY;

  /** The name by which the server tells that nobody lets go of a lock in time. */
  static final String NOT_AVAILABLE = "55P03";

  /** Of a hub that has its database for itself. */
  static final AdvisoryLock ALONE =
      new AdvisoryLock(SOON + "SELECT pg_advisory_lock(" + KEY + ")", OF_DATABASE);

  /** Of one that shares it: others may have it, too, but nobody who wants to be alone. */
  static final AdvisoryLock SHARED =
      new AdvisoryLock(
          SOON + "SELECT pg_advisory_lock_shared(" + KEY + ")",
          OF_DATABASE + " AND l.mode = 'ExclusiveLock'");

  /** The connection that holds a lock. */
  record Holder(int pid, String application, String host) {
    String node() {
      // After the kind of connection and the number of the run.
      String[] parts = application.split("/", 3);
      return parts.length == 3 ? parts[2] : application;
    }
  }

  /** Of whoever bears this name among those who share a database. */
  static AdvisoryLock of(String node) {
    int name = node.hashCode();
    return new AdvisoryLock(
        SOON + "SELECT pg_advisory_lock(%d, %d)".formatted(NAMES, name),
        "l.objsubid = 2 AND l.classid::bigint = %d AND l.objid::bigint = %d"
            .formatted(NAMES, Integer.toUnsignedLong(name)));
  }

  /** False: somebody else has it. */
  boolean isTaken(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(take);
      return true;
    } catch (SQLException e) {
      if (NOT_AVAILABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  Optional<Holder> holder(Connection connection) throws SQLException {
    String sql =
        """
        SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'this machine')
        FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND %s
        """
            .formatted(holds);
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(new Holder(row.getInt(1), row.getString(2), row.getString(3)))
          : Optional.empty();
    }
  }
}
