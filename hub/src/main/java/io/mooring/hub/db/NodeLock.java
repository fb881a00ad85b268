package io.mooring.hub.db;

import io.mooring.hub.db.AdvisoryLock.Holder;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub's right to its database: for itself, or as one of several, of which each has a name of its
 * own. A thread asks once a second over the connection that holds the locks, which also tells
 * {@link Reachability} how the database is. When the connection breaks the locks are taken again;
 * when another hub has one by then, this one has lost its right for good, since what it holds in
 * memory is no longer true.
 */
public final class NodeLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLock.class);
  private static final String WHO = "probe";

  /** What the connection's name begins with on the server; run and node follow. */
  public static final String APPLICATION = "mooring-lock/";

  /** A lock that changes hands, or belongs to a dead connection of our own, is asked for again. */
  private static final int TRIES = 3;

  /** Another hub is in the way; the message says which and what to do. */
  public static final class Taken extends RuntimeException {
    Taken(String message) {
      super(message);
    }
  }

  /** What the right depends on besides. */
  @FunctionalInterface
  public interface Tenure {
    /** Asked each second over the lock's connection. Empty: it lasts; else why it is over. */
    Optional<String> end(Connection connection) throws SQLException;
  }

  private final Database database;
  private final String application;
  private final List<AdvisoryLock> locks;
  private final ScheduledExecutorService probe =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-lock").daemon().factory());
  private volatile Tenure tenure = NodeLock::lasts;
  private @Nullable Connection connection; // the probe's own, once it runs
  private volatile @Nullable String lost;
  private Runnable whenLost = () -> {}; // guarded by this

  private NodeLock(Database database, String application, List<AdvisoryLock> locks) {
    this.database = database;
    this.application = application;
    this.locks = locks;
  }

  /**
   * Takes the database for this hub alone.
   *
   * @param random tells this run from any other of the same name
   * @throws Taken when another hub has it
   * @throws DatabaseException when the database cannot tell
   */
  public static NodeLock take(Database database, String node, RandomGenerator random) {
    return take(
        database,
        "%08x".formatted(random.nextInt()),
        node,
        List.of(AdvisoryLock.ALONE),
        NodeLock::lasts);
  }

  /**
   * Takes a part in it, and this name among those who do.
   *
   * @param run tells this run from any other of the same name
   * @param tenure on which the right depends from here on
   * @throws Taken when a hub has the database for itself, or one with this name is there
   * @throws DatabaseException when the database cannot tell
   */
  public static NodeLock join(Database database, String run, String node, Tenure tenure) {
    database.share();
    return take(database, run, node, List.of(AdvisoryLock.SHARED, AdvisoryLock.of(node)), tenure);
  }

  private static NodeLock take(
      Database database, String run, String node, List<AdvisoryLock> locks, Tenure tenure) {
    String name = APPLICATION + run + "/" + node;
    // PostgreSQL cuts names at 63 bytes; the run must be found again as it was given.
    NodeLock lock = new NodeLock(database, name.substring(0, Math.min(63, name.length())), locks);
    lock.tenure = tenure;
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

  private static Optional<String> lasts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
    return Optional.empty();
  }

  /** Empty: the right is this hub's. Else why it is not any more. */
  public Optional<String> problem() {
    return Optional.ofNullable(lost);
  }

  /** Runs once, on a thread of its own, when the right is lost. */
  public synchronized void whenLost(Runnable task) {
    whenLost = task;
    if (lost != null) {
      var _ = Thread.ofVirtual().name("lock-lost").start(task);
    }
  }

  /**
   * Gives the right up, as the hub has found by itself that it has none any more. Does not wait for
   * the probe, which may be waiting for a database that is silent.
   */
  public synchronized void lose(String why) {
    if (lost == null) {
      lost = why;
      LOG.error("This hub takes no more work. {}", why);
      var _ = Thread.ofVirtual().name("lock-lost").start(whenLost);
    }
  }

  private void look() {
    if (lost != null) {
      disconnect();
      return;
    }
    try {
      Optional<String> end = answer();
      database.reachability().back(WHO);
      end.ifPresent(this::lose);
    } catch (SQLException | DatabaseException e) {
      disconnect();
      database.reachability().away(WHO, String.valueOf(e.getMessage()));
    } catch (Taken e) {
      database.reachability().back(WHO);
      lose(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("The probe of the database failed and goes on", e);
    }
  }

  /** Why the right is over, as the database says. A connection that is lost is made again once. */
  private Optional<String> answer() throws SQLException {
    Connection there = connection;
    if (there != null) {
      try {
        return tenure.end(there);
      } catch (SQLException e) {
        LOG.debug("The lock's connection is lost", e);
      }
      disconnect();
    }
    return tenure.end(connect());
  }

  private Connection connect() throws SQLException {
    Connection made = database.openProbe(application);
    connection = made;
    for (AdvisoryLock lock : locks) {
      take(made, lock);
    }
    return made;
  }

  private void take(Connection made, AdvisoryLock lock) throws SQLException {
    for (int tries = 0; !lock.isTaken(made); tries++) {
      if (tries == TRIES) {
        throw new SQLException("the database's lock could not be had", AdvisoryLock.NOT_AVAILABLE);
      }
      Optional<Holder> holder = lock.holder(made);
      if (holder.isPresent() && !holder.get().application().equals(application)) {
        boolean shares = !lock.equals(AdvisoryLock.ALONE);
        throw new Taken(
            shares && !lock.equals(AdvisoryLock.SHARED)
                ? sameName(holder.get())
                : explain(holder.get(), shares));
      }
      // Our own former connection, which the server does not know to be dead yet.
      holder.ifPresent(former -> end(made, former.pid()));
    }
  }

  private static void end(Connection connection, int pid) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(" + pid + ")");
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  private static String explain(Holder holder, boolean shares) {
    return ("Another hub uses this database: node %s at %s (PostgreSQL process %d). Two hubs on one"
            + " database would each call the other's devices offline. %s, or give this"
            + " one a database of its own with database.url. If that hub's machine is gone, its"
            + " lock goes within a minute; to end it at once: SELECT pg_terminate_backend(%d)")
        .formatted(
            name(holder),
            holder.host(),
            holder.pid(),
            shares
                ? "Stop that hub, which has no nats.url"
                : "Stop that hub, let both work together by nats.url",
            holder.pid());
  }

  private static String sameName(Holder holder) {
    return ("Another hub is called %s, at %s (PostgreSQL process %d). Give each hub a node.name of"
            + " its own. If that hub's machine is gone, its lock goes within a minute; to end it at"
            + " once: SELECT pg_terminate_backend(%d)")
        .formatted(name(holder), holder.host(), holder.pid(), holder.pid());
  }

  private static String name(Holder holder) {
    return holder.node().isEmpty() ? "(its name is not visible to this user)" : holder.node();
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
