package io.mooring.hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a database to one hub: an advisory lock that lasts as long as its connection, so a hub that
 * is killed leaves none behind. A thread of its own asks over that connection once a second, which
 * also tells {@link Reachability} how the database is. When the connection breaks the lock is taken
 * again; when another hub has it by then, this one has lost the database for good, since what it
 * holds in memory is no longer true.
 */
public final class NodeLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLock.class);
  private static final String WHO = "probe";
  private static final String APPLICATION = "mooring-lock/";

  /** The name of the lock: any number will do that nobody else uses. "mooring" in ASCII. */
  static final long KEY = 0x6d6f6f72696e67L;

  /** The server ends a killed hub's connection within milliseconds: two seconds are patience. */
  private static final String TAKE =
      "SET lock_timeout = '2s'; SELECT pg_advisory_lock(" + KEY + ")";

  /** A lock that changes hands, or belongs to a dead connection of our own, is asked for again. */
  private static final int TRIES = 3;

  /** The name by which the server tells that nobody lets go of a lock in time. */
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String HOLDER =
      """
      SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'this machine')
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) + l.objid::bigint = ?
      """;

  /** Another hub has the database; the message says which and what to do. */
  public static final class Taken extends RuntimeException {
    Taken(String message) {
      super(message);
    }
  }

  private record Holder(int pid, String application, String host) {
    String node() {
      // After the kind of connection and the number of the run.
      String[] parts = application.split("/", 3);
      return parts.length == 3 ? parts[2] : application;
    }
  }

  private final Database database;
  private final String application;
  private final ScheduledExecutorService probe =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lock").daemon().factory());
  private @Nullable Connection connection; // the probe's own, once it runs
  private volatile @Nullable String lost;
  private volatile Runnable whenLost = () -> {};

  private NodeLock(Database database, String application) {
    this.database = database;
    this.application = application;
  }

  /**
   * Takes the database for this hub.
   *
   * @param random tells this run from any other of the same name
   * @throws Taken when another hub has it
   * @throws DatabaseException when the database cannot tell
   */
  public static NodeLock take(Database database, String node, RandomGenerator random) {
    String name = "%s%08x/%s".formatted(APPLICATION, random.nextInt(), node);
    // PostgreSQL cuts names at 63 bytes; the run must be found again as it was given.
    NodeLock lock = new NodeLock(database, name.substring(0, Math.min(63, name.length())));
    try {
      lock.connect();
    } catch (SQLException e) {
      lock.disconnect();
      throw new DatabaseException(e);
    } catch (Taken | DatabaseException e) {
      lock.disconnect();
      throw e;
    }
    var _ = lock.probe.scheduleWithFixedDelay(lock::look, 1, 1, TimeUnit.SECONDS);
    return lock;
  }

  /** Empty: the database is this hub's. Else who took it while the connection was lost. */
  public Optional<String> problem() {
    return Optional.ofNullable(lost);
  }

  /** Runs once, on the lock's thread, when another hub has taken the database. */
  public void whenLost(Runnable task) {
    probe.execute(
        () -> {
          whenLost = task;
          if (lost != null) {
            task.run();
          }
        });
  }

  private void look() {
    if (lost != null) {
      return;
    }
    try {
      if (!answers()) {
        disconnect();
        connect();
      }
      database.reachability().back(WHO);
    } catch (SQLException | DatabaseException e) {
      disconnect();
      database.reachability().away(WHO, String.valueOf(e.getMessage()));
    } catch (Taken e) {
      disconnect();
      database.reachability().back(WHO);
      LOG.error(
          "{} This hub takes no more work. Restart it when the other has ended.", e.getMessage());
      lost = e.getMessage();
      whenLost.run();
    } catch (RuntimeException e) {
      LOG.error("The probe of the database failed and goes on", e);
    }
  }

  private boolean answers() {
    Connection there = connection;
    if (there == null) {
      return false;
    }
    try (Statement statement = there.createStatement()) {
      statement.execute("SELECT 1");
      return true;
    } catch (SQLException e) {
      LOG.debug("The lock's connection is lost", e);
      return false;
    }
  }

  private void connect() throws SQLException {
    Connection made = database.openProbe(application);
    connection = made;
    for (int tries = 0; !locked(made); tries++) {
      if (tries == TRIES) {
        throw new SQLException("the database's lock could not be had", LOCK_NOT_AVAILABLE);
      }
      Optional<Holder> holder = holder(made);
      if (holder.isPresent() && !holder.get().application().equals(application)) {
        throw new Taken(explain(holder.get()));
      }
      // Our own former connection, which the server does not know to be dead yet.
      holder.ifPresent(former -> end(made, former.pid()));
    }
  }

  private static boolean locked(Connection connection) throws SQLException {
    try (Statement take = connection.createStatement()) {
      take.execute(TAKE);
      return true;
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static Optional<Holder> holder(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(HOLDER)) {
      select.setLong(1, KEY);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Holder(row.getInt(1), row.getString(2), row.getString(3)))
            : Optional.empty();
      }
    }
  }

  private static void end(Connection connection, int pid) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(" + pid + ")");
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  private static String explain(Holder holder) {
    return ("Another hub uses this database: node %s at %s (PostgreSQL process %d). Two hubs on one"
            + " database would each call the other's devices offline. Stop that hub, or give this"
            + " one a database of its own with database.url. If that hub's machine is gone, its"
            + " lock goes within a minute; to end it at once: SELECT pg_terminate_backend(%d)")
        .formatted(
            holder.node().isEmpty() ? "(its name is not visible to this user)" : holder.node(),
            holder.host(),
            holder.pid(),
            holder.pid());
  }

  private void disconnect() {
    Connection former = connection;
    connection = null;
    if (former != null) {
      try {
        former.close();
      } catch (SQLException e) {
        LOG.debug("Closing the lock's connection", e);
      }
    }
  }

  /** Lets the database go. */
  @Override
  public void close() {
    probe.execute(this::disconnect);
    probe.shutdown();
    try {
      // Longer than the probe's own timeouts.
      if (!probe.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("The lock's connection could not be closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
