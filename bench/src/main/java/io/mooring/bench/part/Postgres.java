package io.mooring.bench.part;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The hub's own PostgreSQL with the hub's own settings for it, fsync and synchronous_commit on;
 * here a child of the benchmark, for the hub a database somewhere else.
 */
public final class Postgres implements AutoCloseable {
  private static final String DEADLOCK = "40P01";
  private static final int TRIES = 10;

  /** A checkpoint comes at about half of the hub's {@code max_wal_size}, 2 GB. */
  private static final int MEGABYTES_OF_LOG = 1200;

  private final EmbeddedPostgres embedded;

  private Postgres(EmbeddedPostgres embedded) {
    this.embedded = embedded;
  }

  /** Makes and starts one in the run's folder. */
  public static Postgres start(Workplace place, Consumer<String> progress) {
    EmbeddedPostgres embedded =
        EmbeddedPostgres.start(place.folder().resolve("postgresql"), progress);
    Postgres postgres = place.keep(new Postgres(embedded));
    for (String setting : new String[] {"fsync", "synchronous_commit"}) {
      if (!postgres.show(setting).equals("on")) {
        throw new IllegalStateException(setting + " is off: an acknowledgement would mean nothing");
      }
    }
    return postgres;
  }

  /** Its connection, for one piece of work. */
  public <T> T on(Work<T> work) {
    try (Connection connection =
        DriverManager.getConnection(embedded.url(), embedded.user(), embedded.password())) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** The hub's own pool on it. */
  public Database open() {
    return Database.open(embedded.url(), embedded.user(), embedded.password(), 2);
  }

  /** Something to do on a connection. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Runs statements, each on its own. */
  public void execute(String... statements) {
    on(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
              execute(statement, sql);
            }
          }
          return true;
        });
  }

  /**
   * A transaction of the hub may take tables in another order; PostgreSQL ends one of the two, and
   * the hub would try again as well.
   */
  private static void execute(Statement statement, String sql) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        statement.execute(sql);
        return;
      } catch (SQLException e) {
        if (!DEADLOCK.equals(e.getSQLState()) || tries == TRIES) {
          throw e;
        }
      }
    }
  }

  /** The first column of the first row, a number. */
  public long number(String query) {
    return on(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  /** A setting's value. */
  public String show(String setting) {
    return on(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
          }
        });
  }

  /**
   * Throws all readings away and writes out what waits in memory, so that each round begins alike.
   */
  public void emptyTelemetry() {
    execute("TRUNCATE telemetry_batch", "CHECKPOINT");
  }

  /**
   * Writes as much to the write-ahead log as PostgreSQL keeps of it between two checkpoints. Its
   * files are made once, which takes about a third of the speed of large COPYs, and used again and
   * again: without this the first thing measured would pay for all that follow.
   */
  public void makeWriteAheadLog() {
    execute(
        "SELECT pg_logical_emit_message(false, 'bench', repeat('x', 1024 * 1024))"
            + " FROM generate_series(1, "
            + MEGABYTES_OF_LOG
            + ")",
        "CHECKPOINT");
  }

  /** The same of all commands and of what happened; the devices should have none under way. */
  public void emptyCommands() {
    execute("TRUNCATE command, event", "CHECKPOINT");
  }

  /** The settings of a hub on this database, as variables. */
  Map<String, String> variables() {
    return Map.of(
        "MOORING_DATABASE_URL", embedded.url(),
        "MOORING_DATABASE_USER", embedded.user(),
        "MOORING_DATABASE_PASSWORD", embedded.password());
  }

  public long pid() {
    return embedded.pid();
  }

  @Override
  public void close() {
    embedded.close();
  }
}
