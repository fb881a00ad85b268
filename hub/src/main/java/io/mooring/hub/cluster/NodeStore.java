package io.mooring.hub.cluster;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.NodeLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code node}. All times in it are the server's, so that hubs' clocks do not matter. */
public final class NodeStore {
  /** How long a node that was lost, and has not come back, is still shown. */
  private static final Duration SHOWN = Duration.ofDays(1);

  private static final String OVER =
      "renewed_at < clock_timestamp() - lease_ms * interval '1 millisecond'";

  private static final String LIST =
      "SELECT name, run, lost OR %s AS gone, draining, version, started_at, renewed_at, sessions,"
              .formatted(OVER)
          + " readings_per_second, values_per_second, problem FROM node ORDER BY name";

  private static final String BEGIN =
      """
      WITH former AS (SELECT run, renewed_at FROM node WHERE name = ?)
      INSERT INTO node AS n (name, run, version, started_at, renewed_at, lease_ms, draining)
      VALUES (?, ?, ?, clock_timestamp(), clock_timestamp(), ?, false)
      ON CONFLICT (name) DO UPDATE SET
        run = EXCLUDED.run, lost = false, settled = false, draining = n.draining AND ?, version = EXCLUDED.version,
        started_at = EXCLUDED.started_at, renewed_at = EXCLUDED.renewed_at, lease_ms = EXCLUDED.lease_ms,
        sessions = 0, readings_per_second = 0, values_per_second = 0, problem = NULL
      RETURNING (SELECT run FROM former), (SELECT renewed_at FROM former)
      """;

  private static final String RENEW =
      "UPDATE node SET renewed_at = clock_timestamp(), sessions = ?, readings_per_second = ?, values_per_second = ?, problem = ?"
          + " WHERE name = ? AND run = ? AND NOT lost AND NOT "
          + OVER
          + " RETURNING draining";

  /**
   * A node of the cluster, as the table has it.
   *
   * @param run tells this start of the hub from its others
   * @param lost it does not renew its lease any more
   * @param renewedAt by the server's clock
   * @param problem why it hears nothing of others; null: it does
   */
  public record Node(
      String name,
      String run,
      boolean lost,
      boolean draining,
      String version,
      Instant startedAt,
      Instant renewedAt,
      int sessions,
      double readingsPerSecond,
      double valuesPerSecond,
      @Nullable String problem) {}

  /** What a node says of itself. */
  public record Figures(
      int sessions, double readingsPerSecond, double valuesPerSecond, @Nullable String problem) {
    static final Figures NONE = new Figures(0, 0, 0, null);
  }

  /** One start of a node. */
  public record Run(String name, String run) {}

  private final Database database;

  public NodeStore(Database database) {
    this.database = database;
  }

  /** By their names. */
  public List<Node> list() {
    return database.query(
        connection -> {
          List<Node> all = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(LIST);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              all.add(
                  new Node(
                      row.getString("name"),
                      row.getString("run"),
                      row.getBoolean("gone"),
                      row.getBoolean("draining"),
                      row.getString("version"),
                      row.getTimestamp("started_at").toInstant(),
                      row.getTimestamp("renewed_at").toInstant(),
                      row.getInt("sessions"),
                      row.getDouble("readings_per_second"),
                      row.getDouble("values_per_second"),
                      row.getString("problem")));
            }
          }
          return all;
        });
  }

  private record Former(String run, Instant renewedAt) {}

  /**
   * Begins a lease; whoever does holds the lock of the name. Nothing of a former run writes on;
   * returns when that was last alive. {@code again}: the same process does, and stays drained.
   */
  Optional<Instant> begin(Run run, String version, Duration lease, boolean again) {
    Optional<Former> former =
        database.query(
            connection -> {
              try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
                begin.setString(1, run.name());
                begin.setString(2, run.name());
                begin.setString(3, run.run());
                begin.setString(4, version);
                begin.setInt(5, (int) lease.toMillis());
                begin.setBoolean(6, again);
                try (ResultSet row = begin.executeQuery()) {
                  row.next();
                  String its = row.getString(1);
                  return its == null
                      ? Optional.empty()
                      : Optional.of(new Former(its, row.getTimestamp(2).toInstant()));
                }
              }
            });
    if (former.isPresent() && !endConnections(former.get().run)) {
      throw DatabaseException.unavailable("connections of this hub's former run do not end");
    }
    return former.map(Former::renewedAt);
  }

  /** Empty: the lease is over. Else whether the node is to send its devices away. */
  static Optional<Boolean> renew(Connection connection, Run run, Figures figures)
      throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      renew.setInt(1, figures.sessions());
      renew.setDouble(2, figures.readingsPerSecond());
      renew.setDouble(3, figures.valuesPerSecond());
      renew.setString(4, figures.problem());
      renew.setString(5, run.name());
      renew.setString(6, run.run());
      try (ResultSet row = renew.executeQuery()) {
        return row.next() ? Optional.of(row.getBoolean(1)) : Optional.empty();
      }
    }
  }

  /** Whether the lease of this run lasts. */
  boolean lasts(Connection connection, String run) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT FROM node WHERE run = ? AND NOT lost")) {
      select.setString(1, run);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /** A node has ended in order. */
  void end(Run run) {
    update("DELETE FROM node WHERE name = ? AND run = ?", run);
    forgetMark(run.run());
  }

  /** Says that those whose lease is over are lost; returns those whose sessions are to be ended. */
  public List<Run> lose() {
    return database.query(
        connection -> {
          List<Run> lost = new ArrayList<>();
          try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE node SET lost = true WHERE NOT settled AND (lost OR "
                          + OVER
                          + ") RETURNING name, run");
              ResultSet row = update.executeQuery()) {
            while (row.next()) {
              lost.add(new Run(row.getString(1), row.getString(2)));
            }
          }
          return lost;
        });
  }

  /**
   * Ends the connections by which a run writes and leads, and waits for that; nothing of its
   * sessions is committed afterwards.
   */
  public boolean endConnections(String run) {
    boolean ended =
        database.query(
            connection -> {
              try (PreparedStatement end =
                  connection.prepareStatement(
                      "SELECT coalesce(bool_and(pg_terminate_backend(pid, 2000)), true) FROM pg_stat_activity"
                          + " WHERE (application_name = ? OR starts_with(application_name, ?))"
                          + " AND datname = current_database() AND pid <> pg_backend_pid()")) {
                end.setString(1, Database.writerOf(run));
                end.setString(2, NodeLock.APPLICATION + run + "/");
                try (ResultSet row = end.executeQuery()) {
                  row.next();
                  return row.getBoolean(1);
                }
              }
            });
    if (ended) {
      forgetMark(run);
    }
    return ended;
  }

  void forgetMark(String run) {
    database.query(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM writer_mark WHERE writer = ?")) {
            delete.setString(1, Database.writerOf(run));
            return delete.executeUpdate();
          }
        });
  }

  /**
   * Has a node send its devices to others, or take some again. False: there is none of this name.
   */
  public boolean drain(String name, boolean drains, Actor by, Instant at) {
    return database.transaction(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE node SET draining = ? WHERE name = ? AND NOT lost")) {
            update.setBoolean(1, drains);
            update.setString(2, name);
            if (update.executeUpdate() == 0) {
              return false;
            }
          }
          String verb = drains ? "node.drain" : "node.resume";
          AuditStore.append(connection, Change.of(by, at, verb, "nodes/" + name));
          return true;
        });
  }

  /**
   * Within a transaction: keeps a lost run from coming back, and tells when it was last known to be
   * alive. Empty: it is back under its name.
   */
  public static Optional<Instant> renewedBeforeLost(Connection connection, Run run)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT renewed_at FROM node WHERE name = ? AND run = ? AND lost FOR SHARE")) {
      select.setString(1, run.name());
      select.setString(2, run.run());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getTimestamp(1).toInstant()) : Optional.empty();
      }
    }
  }

  /** All sessions of a lost run are ended. */
  public void settled(Run run) {
    update("UPDATE node SET settled = true, sessions = 0 WHERE name = ? AND run = ? AND lost", run);
    database.query(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "DELETE FROM node WHERE settled AND renewed_at < clock_timestamp() - interval '"
                      + SHOWN.toSeconds()
                      + " seconds'")) {
            return delete.executeUpdate();
          }
        });
  }

  private int update(String sql, Run run) {
    return database.query(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, run.name());
            update.setString(2, run.run());
            return update.executeUpdate();
          }
        });
  }
}
