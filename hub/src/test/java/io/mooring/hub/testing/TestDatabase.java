package io.mooring.hub.testing;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.util.PSQLState;

/**
 * A fresh, migrated database on a real PostgreSQL. The server starts once in a JVM (about three
 * seconds) and each database is a copy of one migrated template (about 50 ms). Keep one in a static
 * field marked {@code @AutoClose}.
 */
public final class TestDatabase implements AutoCloseable {
  private static final String TEMPLATE = "mooring_template";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name;
  private final Database database;

  private TestDatabase(String name) {
    this.name = name;
    this.database = Database.open(url(), user(), password(), 8);
  }

  /** Makes a database that nobody else uses. */
  public static TestDatabase create() {
    String name = "test_" + NUMBER.incrementAndGet();
    administer("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    return new TestDatabase(name);
  }

  /** A pool of eight connections to this database. */
  public Database database() {
    return database;
  }

  /** The server's port on 127.0.0.1. */
  public int port() {
    return Server.INSTANCE.getPort();
  }

  /** A pool that reaches this database through a proxy's port. */
  public Database through(int port) {
    return through(port, "");
  }

  /**
   * The same with settings of the driver.
   *
   * @param settings such as {@code ?socketTimeout=1}
   */
  public Database through(int port, String settings) {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + name + settings;
    return Database.open(url, user(), password(), 4);
  }

  public String url() {
    return Server.INSTANCE.getJdbcUrl("postgres", name);
  }

  public String user() {
    return "postgres";
  }

  public String password() {
    return "postgres";
  }

  /**
   * Runs statements that return nothing. TRUNCATE locks tables in an order of its own; where a hub
   * that has just begun reads them in another, one of the two is refused, and comes again.
   */
  public void execute(String... statements) {
    database.query(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
              while (isDeadlocked(statement, sql)) {
                // the other has gone on by now
              }
            }
          }
          return statements.length;
        });
  }

  private static boolean isDeadlocked(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
      return false;
    } catch (SQLException e) {
      if (!PSQLState.DEADLOCK_DETECTED.getState().equals(e.getSQLState())) {
        throw e;
      }
      return true;
    }
  }

  @Override
  public void close() {
    database.close();
    administer("DROP DATABASE " + name + " WITH (FORCE)");
  }

  private static void administer(String sql) {
    try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Started when it is first needed; the library ends it with the JVM. */
  private static final class Server {
    static final EmbeddedPostgres INSTANCE = start();

    private static EmbeddedPostgres start() {
      try {
        // Durability costs about a millisecond a commit here and proves nothing in a unit test.
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("max_connections", "200")
                .start();
        try (Connection connection = server.getPostgresDatabase().getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("CREATE DATABASE " + TEMPLATE);
        }
        String url = server.getJdbcUrl("postgres", TEMPLATE);
        try (Database template = Database.open(url, "postgres", "postgres", 1)) {
          var _ = Migrations.run(template);
        }
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
