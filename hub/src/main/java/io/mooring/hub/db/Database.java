package io.mooring.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * The connection pool, for everything but the hot path (which the {@link BatchWriter} writes on its
 * own connection). Safe for all threads.
 */
public final class Database implements AutoCloseable {
  private final HikariDataSource pool;
  private final Properties own;

  /** Work on one connection. */
  @FunctionalInterface
  public interface Work<T extends @org.jspecify.annotations.Nullable Object> {
    T on(Connection connection) throws SQLException;
  }

  private Database(HikariDataSource pool, Properties own) {
    this.pool = pool;
    this.own = own;
  }

  /** Opens a pool; fails when no connection can be made within ten seconds. */
  public static Database open(String url, String user, String password, int poolSize) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(1);
    config.setPoolName("mooring");
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.setInitializationFailTimeout(Duration.ofSeconds(10).toMillis());
    config.addDataSourceProperty("ApplicationName", "mooring");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    Properties own = new Properties();
    own.setProperty("user", user);
    own.setProperty("password", password);
    own.setProperty("ApplicationName", "mooring-writer");
    own.setProperty("connectTimeout", "10");
    own.setProperty("tcpKeepAlive", "true");
    // A generic plan made while a table was empty cost a factor of four once it had filled.
    own.setProperty("options", "-c plan_cache_mode=force_custom_plan");
    return new Database(new HikariDataSource(config), own);
  }

  /** Runs single statements, each its own transaction. */
  public <T extends @org.jspecify.annotations.Nullable Object> T query(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  /** Runs the work as one transaction: commits when it returns, rolls back when it throws. */
  public <T extends @org.jspecify.annotations.Nullable Object> T transaction(Work<T> work) {
    return query(
        connection -> {
          connection.setAutoCommit(false);
          try {
            T result = work.on(connection);
            connection.commit();
            return result;
          } catch (SQLException | RuntimeException e) {
            try {
              connection.rollback();
            } catch (SQLException ignored) {
              e.addSuppressed(ignored);
            }
            throw e;
          } finally {
            connection.setAutoCommit(true);
          }
        });
  }

  /** Whether the database answers now; waits a second for it. */
  public boolean isAlive() {
    try {
      return query(connection -> connection.isValid(1));
    } catch (DatabaseException e) {
      return false;
    }
  }

  /** A connection outside the pool, for the {@link BatchWriter}, which keeps it. */
  public Connection openOwn() throws SQLException {
    return DriverManager.getConnection(pool.getJdbcUrl(), own);
  }

  /** The pool itself, for Flyway. */
  public javax.sql.DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
