package io.mooring.hub.db;

import io.mooring.hub.db.DatabaseException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link BatchWriter}'s connection, and one transaction at a time on it. Used by the writer
 * thread only, but for {@link #cutOffAfter}.
 *
 * <p>When the connection breaks between COMMIT and its answer nobody knows whether the transaction
 * counts. So it leaves a mark with its first statement, and afterwards the mark is there or it is
 * not: a commit is told to its writes once, even then. (Not with its last one: whoever looks for
 * the mark must wait for a transaction that is still under way, so that one has to hold the row
 * before it may commit.) Writes that may stand alone need neither BEGIN nor mark nor COMMIT: two
 * round trips less, which is half of what an acknowledgement waits for in a hub that is not busy.
 */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  private static final String MARK =
      """
      INSERT INTO writer_mark (writer, mark) VALUES (current_setting('application_name'), gen_random_uuid())
      ON CONFLICT (writer) DO UPDATE SET mark = EXCLUDED.mark RETURNING mark
      """;

  /** The writer's own row: its connection bears its name. */
  private static final String OWN = " WHERE writer = current_setting('application_name')";

  /**
   * Held until the commit by whoever appends events, where hubs share a database: so their numbers
   * rise in the order of commits, and what one hub reads within such a transaction is not about to
   * be changed by another's. "events" in ASCII.
   */
  private static final String IN_ORDER = "SELECT pg_advisory_xact_lock(" + 0x6576656e7473L + ")";

  private final BatchWriter.Connector connector;
  private final LongSupplier ticks;
  private final boolean shared;
  private volatile @Nullable Connection open;
  private volatile boolean givenUp;

  /** When the attempt under way began; null: none is. */
  private volatile @Nullable Long began;

  /** The mark of the transaction whose COMMIT may have been carried out without an answer. */
  private @Nullable UUID unanswered;

  /**
   * @param shared whether other hubs write to the database, too
   */
  Transactions(BatchWriter.Connector connector, LongSupplier ticks, boolean shared) {
    this.connector = connector;
    this.ticks = ticks;
    this.shared = shared;
  }

  /**
   * One transaction; null when it committed. After a failure that is {@link Kind#UNAVAILABLE} the
   * next call must bring the same groups.
   */
  @Nullable DatabaseException attempt(List<Group<?>> groups, boolean careful) {
    if (givenUp) {
      return DatabaseException.unavailable("this hub may write no more");
    }
    began = ticks.getAsLong();
    try {
      Connection connection = connection();
      UUID before = unanswered;
      if (before != null && hasCommitted(connection, before)) {
        unanswered = null;
        return null;
      }
      unanswered = null;
      if (!careful && groups.size() == 1 && groups.getFirst().standsAlone()) {
        connection.setAutoCommit(true);
        groups.getFirst().write(connection, false);
        return null;
      }
      connection.setAutoCommit(false);
      UUID mark = write(connection, groups, careful);
      unanswered = mark;
      connection.commit();
      unanswered = null;
      return null;
    } catch (SQLException e) {
      DatabaseException failure = new DatabaseException(e);
      if (failure.kind() == Kind.UNAVAILABLE) {
        close();
      } else {
        rollback();
      }
      return failure;
    } catch (RuntimeException | Error e) {
      // Nothing that a write does may end the writer's thread: all devices depend on it.
      rollback();
      return new DatabaseException(new SQLException("A write failed: " + e, "XX000", e));
    } finally {
      began = null;
    }
  }

  /**
   * Breaks the connection under an attempt that lasts longer: it fails as one whose database is
   * away. For any thread. (An attempt that ends this very moment loses its connection to no harm:
   * the next one makes another.)
   */
  void cutOffAfter(Duration longest) {
    Long since = began;
    Connection stuck = open;
    if (since == null || stuck == null || ticks.getAsLong() - since < longest.toNanos()) {
      return;
    }
    LOG.warn("A transaction has not ended in {} s: its connection is cut", longest.toSeconds());
    try {
      stuck.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("Aborting a stuck connection", e);
    }
  }

  /** Writes nothing more; an attempt under way loses its connection. For any thread. */
  void giveUp() {
    givenUp = true;
    cutOffAfter(Duration.ZERO);
  }

  /** The groups of the last attempt are given up: the next attempt brings others. */
  void forget() {
    unanswered = null;
  }

  private Connection connection() throws SQLException {
    Connection there = open;
    if (there != null) {
      return there;
    }
    try {
      Connection made = connector.open();
      open = made;
      return made;
    } catch (SQLException | RuntimeException e) {
      // A wrong password or a missing database too: an operator mends those, and the writes wait.
      throw new SQLException("cannot connect: " + e.getMessage(), "08001", e);
    }
  }

  /** Returns the mark that was left. */
  private UUID write(Connection connection, List<Group<?>> groups, boolean careful)
      throws SQLException {
    boolean waits = shared && groups.stream().anyMatch(Group::appendsEvents);
    UUID mark = null;
    for (Group<?> group : groups) {
      if (waits && !group.mayPrecedeTurn()) {
        takeTurn(connection);
        waits = false;
      }
      if (mark != null) {
        group.write(connection, careful);
      } else if (group.leavesMark()) {
        mark = UUID.randomUUID();
        group.writeAndMark(connection, careful, mark);
      } else {
        mark = mark(connection);
        group.write(connection, careful);
      }
    }
    return Objects.requireNonNull(mark, "no groups");
  }

  /** Waits until no other hub is about to append events; they wait for this one from here on. */
  static void takeTurn(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IN_ORDER)) {
      statement.execute();
    }
  }

  /** Begins the transaction and leaves its mark in it: together they are one round trip. */
  private static UUID mark(Connection connection) throws SQLException {
    return uuid(connection, MARK);
  }

  /** Waits for the end of a transaction that is still under way: it holds the row. */
  private boolean hasCommitted(Connection connection, UUID mark) throws SQLException {
    connection.setAutoCommit(true);
    boolean committed =
        uuid(connection, "SELECT mark FROM writer_mark" + OWN + " FOR UPDATE").equals(mark);
    LOG.info(
        "The transaction whose answer was lost had {}", committed ? "committed" : "not committed");
    return committed;
  }

  private static UUID uuid(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the table writer_mark has no row for this writer", "XX000");
      }
      return row.getObject(1, UUID.class);
    }
  }

  private void rollback() {
    unanswered = null;
    Connection connection = open;
    if (connection != null) {
      try {
        if (!connection.getAutoCommit()) {
          connection.rollback();
        }
      } catch (SQLException e) {
        close();
      }
    }
  }

  void close() {
    Connection closed = open;
    open = null;
    if (closed != null) {
      try {
        closed.close();
      } catch (SQLException e) {
        LOG.debug("Closing a broken connection", e);
      }
    }
  }
}
