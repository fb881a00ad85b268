package io.mooring.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The connection pool, for everything but the hot path (which the {@link BatchWriter} writes on its
 * own connection). Safe for all threads.
 */
public final class Database implements AutoCloseable {
  /**
   * A host whose packets vanish gives no error, so an answer that takes longer counts as none. No
   * statement of the hub takes near as long: queries are ended after 30 seconds, a transaction of
   * the writer takes one or two. One that does is not lost: the writer asks what became of its
   * commit and tries again. Migrations, which may take hours, wait for ever (see {@link
   * #forMigrations}).
   */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /**
   * How long the writer waits for a lock that somebody holds on its tables: shorter than {@link
   * #SILENCE}, so that the server ends the wait and leaves no abandoned statement behind it.
   */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(30);

  /** How long a shared writer may leave a transaction alone: a pause for garbage is far shorter. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(5);

  private static final String NOT_FOR_LONG =
      "SET LOCAL idle_in_transaction_session_timeout = " + LONGEST_TURN.toMillis();

  private static final String WRITER = "mooring-writer";

  /** The name again, as {@code database.url} may bring one of its own. */
  private static final String OWN_MARK =
      """
      WITH named AS MATERIALIZED (SELECT set_config('application_name', ?, false) AS name)
      INSERT INTO writer_mark (writer, mark) SELECT name, gen_random_uuid() FROM named ON CONFLICT DO NOTHING
      """;

  private final HikariDataSource pool;
  private final String user;
  private final String password;
  private final Reachability reachability;
  private volatile boolean shared;

  /**
   * The server finds out within a minute (10 s, then three probes) that a hub's machine is gone, or
   * that a connection was given up while the network was away, and frees what that one holds.
   */
  private static final String KEEPALIVES =
      "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

  /**
   * The writer finds rows by their keys, up to some thousands at a time, and an index does that
   * whatever the size of the table. Whatever else reads all of it: a thousand commands of a job of
   * 100 000 devices took 150 ms by a join. A plan is made once for a statement and not again for
   * each transaction, which cost as much as carrying it out. So it may be made while tables are
   * empty, and statements must leave it one index to choose: a test looks at the plans. What reads
   * a table of one row is taken for very dear, and would be compiled each time.
   */
  private static final String WRITERS_PLANS =
      " -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c jit=off"
          + " -c plan_cache_mode=force_generic_plan";

  /** Work on one connection. */
  @FunctionalInterface
  public interface Work<T extends @org.jspecify.annotations.Nullable Object> {
    T on(Connection connection) throws SQLException;
  }

  private Database(HikariDataSource pool, String user, String password, Reachability reachability) {
    this.reachability = reachability;
    this.pool = pool;
    this.user = user;
    this.password = password;
  }

  /** Opens a pool; fails when no connection can be made within ten seconds. */
  public static Database open(String url, String user, String password, int poolSize) {
    return open(url, user, password, poolSize, "mooring", new Reachability(System::nanoTime));
  }

  /**
   * Connections beside the pool, for those who must not wait for it: one for each kind of
   * credential that devices show, which are looked up together. To be closed by itself.
   */
  public Database aside(String name) {
    return open(pool.getJdbcUrl(), user, password, 2, name, reachability);
  }

  private static Database open(
      String url, String user, String password, int poolSize, String name, Reachability known) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(1);
    config.setPoolName(name);
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.setInitializationFailTimeout(Duration.ofSeconds(10).toMillis());
    lasting(user, password, name).forEach((key, value) -> add(config, key, value));
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    return new Database(new HikariDataSource(config), user, password, known);
  }

  private static void add(HikariConfig config, Object key, Object value) {
    config.addDataSourceProperty(key.toString(), value);
  }

  /** What every connection that lasts is opened with; {@code database.url} may say otherwise. */
  private static Properties lasting(String user, String password, String name) {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("socketTimeout", Long.toString(SILENCE.toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("options", KEEPALIVES);
    return properties;
  }

  /** Runs single statements, each its own transaction. */
  public <T extends @org.jspecify.annotations.Nullable Object> T query(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  /**
   * Other hubs use the database, too: from now on, one that stands still in the midst of a
   * transaction must not hold them up for long.
   */
  void share() {
    shared = true;
  }

  /** Runs the work as one transaction: commits when it returns, rolls back when it throws. */
  public <T extends @org.jspecify.annotations.Nullable Object> T transaction(Work<T> work) {
    return query(
        connection -> {
          connection.setAutoCommit(false);
          boolean committed = false;
          try {
            if (shared) {
              try (Statement statement = connection.createStatement()) {
                statement.execute(NOT_FOR_LONG);
              }
            }
            T result = work.on(connection);
            connection.commit();
            committed = true;
            return result;
          } finally {
            // Errors too: setting autocommit would commit what was half done.
            if (!committed) {
              connection.rollback();
            }
            connection.setAutoCommit(true);
          }
        });
  }

  /**
   * The same for work that appends events: it waits for its turn among the hubs, and they for it.
   */
  public <T extends @org.jspecify.annotations.Nullable Object> T transactionInTurn(Work<T> work) {
    return transaction(
        connection -> {
          Transactions.takeTurn(connection);
          return work.on(connection);
        });
  }

  /** Whether it answers now. */
  public boolean answers() {
    try {
      return query(connection -> connection.isValid(1));
    } catch (DatabaseException _) {
      return false;
    }
  }

  /** Most connections of the pool. */
  int poolSize() {
    return pool.getMaximumPoolSize();
  }

  /** Whether the database answers, as those who ask it all the time have found. */
  public Reachability reachability() {
    return reachability;
  }

  /**
   * A connection outside the pool, for the {@link NodeLock}: it asks for little, so three seconds
   * without an answer tell enough.
   */
  Connection openProbe(String name) throws SQLException {
    Properties own = lasting(user, password, name);
    own.setProperty("connectTimeout", "3");
    own.setProperty("socketTimeout", "3");
    return DriverManager.getConnection(pool.getJdbcUrl(), own);
  }

  /** A connection outside the pool, for the {@link BatchWriter}, which keeps it. */
  public Connection openOwn() throws SQLException {
    return openWriter(WRITER, "");
  }

  /**
   * The same where other hubs write, too. Who begins a transaction and does not go on, since its
   * process is stopped or the network is cut, loses the connection: others wait for its turn.
   *
   * @param run tells this hub's writer from theirs
   */
  public Connection openOwn(String run) throws SQLException {
    return openWriter(
        writerOf(run), " -c idle_in_transaction_session_timeout=" + LONGEST_TURN.toMillis() + "ms");
  }

  /** The name that the connection of a run's writer bears on the server. */
  public static String writerOf(String run) {
    return WRITER + "/" + run;
  }

  private Connection openWriter(String name, String more) throws SQLException {
    Properties own = lasting(user, password, name);
    own.setProperty(
        "options",
        KEEPALIVES + WRITERS_PLANS + " -c lock_timeout=" + LOCK_WAIT.toMillis() + "ms" + more);
    Connection made = DriverManager.getConnection(pool.getJdbcUrl(), own);
    try (PreparedStatement mark = made.prepareStatement(OWN_MARK)) {
      mark.setString(1, name);
      mark.execute();
    } catch (SQLException e) {
      made.close();
      throw e;
    }
    return made;
  }

  /** Connections that wait for an answer as long as it takes, for Flyway. */
  public DataSource forMigrations() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(pool.getJdbcUrl());
    source.setUser(user);
    source.setPassword(password);
    source.setApplicationName("mooring-migrations");
    source.setSocketTimeout(0);
    source.setTcpKeepAlive(true);
    source.setOptions(KEEPALIVES);
    return source;
  }

  @Override
  public void close() {
    pool.close();
  }
}
