package io.mooring.hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Something to be made durable by the {@link BatchWriter}. */
public interface Write {
  /** What it weighs in the writer's queue, about. */
  int bytes();

  /**
   * Whether nobody waits for this one: then no commit is made for it alone while others are sure to
   * come, and it is committed with the next one, or a moment later.
   */
  default boolean mayWait() {
    return false;
  }

  /**
   * The database refused this write for good, or the hub goes down before it could be stored: then
   * the kind is UNAVAILABLE, as it never is otherwise. Called on the notifier thread, or by whoever
   * submits to a closed writer.
   */
  void refused(DatabaseException why);

  /**
   * The same, on the writer thread and before any later write is tried: for writes that must not
   * outlive one another. Must neither block nor throw.
   */
  default void refusing() {}

  /** How one kind of write is carried out, many at a time. */
  interface Kind<W extends Write> {
    /** The class of this kind's writes. */
    Class<W> type();

    /**
     * Carries the writes out on a connection in a transaction.
     *
     * @param careful false on the first try: the fast way may assume that nothing is there twice.
     *     True afterwards, when an earlier try failed or may even have committed: everything must
     *     be safe to repeat
     */
    void write(Connection connection, List<W> writes, boolean careful) throws SQLException;

    /**
     * Whether these begin with a statement that can leave the transaction's mark (see {@link
     * Transactions}), which saves a round trip.
     */
    default boolean leavesMark(List<W> writes) {
      return false;
    }

    /**
     * The same as {@link #write}, for those that {@link #leavesMark} and come first: the first
     * statement sets the writer's row of {@code writer_mark} to this mark besides.
     */
    default void writeAndMark(Connection connection, List<W> writes, boolean careful, UUID mark)
        throws SQLException {
      throw new IllegalStateException(type() + " leaves no mark");
    }

    /**
     * Whether the fast way of carrying these out is one statement, which may commit by itself, and
     * is harmless to repeat carefully when nobody knows whether it has.
     */
    default boolean standsAlone(List<W> writes) {
      return false;
    }

    /**
     * Whether carrying these out appends events, whose numbers must rise in the order of commits;
     * where hubs share a database, their transactions that do so come one after the other.
     */
    default boolean appendsEvents() {
      return true;
    }

    /**
     * Whether these may be carried out before the transaction's turn has come, as they hold nothing
     * that others need in theirs.
     */
    default boolean mayPrecedeTurn(List<W> writes) {
      return false;
    }

    /** They are committed. Called one after the other, in the order of commits; must not block. */
    void committed(List<W> writes);
  }
}
