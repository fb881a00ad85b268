package io.mooring.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The connection pool, for everything but the hot path (which the {@link BatchWriter} writes on its
 * own connection). Safe for all threads.
 */
public final class Database implements AutoCloseable {
  private final HikariDataSource pool;

  /** Work on one connection. */
  @FunctionalInterface
  public interface Work<T extends @org.jspecify.annotations.Nullable Object> {
    T on(Connection connection) throws SQLException;
  }

  private Database(HikariDataSource pool) {
    this.pool = pool;
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
    return new Database(new HikariDataSource(config));
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

  /** The pool itself, for Flyway and for the writer's own connection. */
  public javax.sql.DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
