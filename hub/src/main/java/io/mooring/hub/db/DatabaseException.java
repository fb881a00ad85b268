package io.mooring.hub.db;

import java.sql.SQLException;
import org.slf4j.event.Level;

/** A statement failed. {@link #kind} says whether trying again can help. */
public final class DatabaseException extends RuntimeException {
  /** What a failed statement means to the caller. */
  public enum Kind {
    /** The database is away or busy: the same work may succeed later. */
    UNAVAILABLE,
    /** A unique key is taken. */
    CONFLICT,
    /** The statement itself is wrong: trying again cannot help. */
    FAULT
  }

  private final Kind kind;

  public DatabaseException(SQLException cause) {
    super(cause.getMessage(), cause);
    this.kind = kindOf(cause);
  }

  /** The database cannot take work now, for a reason of the hub's own. */
  public static DatabaseException unavailable(String why) {
    return new DatabaseException(new SQLException(why, "53000"));
  }

  /**
   * How loudly to log that a write ended with this. {@link BatchWriter} waits for a database that
   * is away until the hub itself goes down, and what is not stored then the next start sets right:
   * that is no error.
   */
  public Level severity() {
    return kind == Kind.UNAVAILABLE ? Level.DEBUG : Level.ERROR;
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Classifies by SQLState: 08 connection, 40 rollback, 53 resources, 55 locks, 57 shutdown, 58
   * system.
   */
  public static Kind kindOf(SQLException e) {
    String state = e.getSQLState();
    if (state == null) {
      return Kind.UNAVAILABLE;
    }
    if (state.equals("23505")) {
      return Kind.CONFLICT;
    }
    // Read-only: a standby that has not taken over yet, or a server in recovery.
    if (state.equals("25006")) {
      return Kind.UNAVAILABLE;
    }
    // This hub stood still in the midst of a transaction, and others waited for it.
    if (state.equals("25P03")) {
      return Kind.UNAVAILABLE;
    }
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "08", "40", "53", "55", "57", "58" -> Kind.UNAVAILABLE;
      default -> Kind.FAULT;
    };
  }
}
