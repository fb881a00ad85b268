package io.mooring.hub.db;

import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A request that makes something, told from others by its caller: however often it comes, it makes
 * one thing. That is written down in the transaction that makes the thing, so neither is there
 * without the other. Commands and jobs keep their callers' keys in their own rows.
 *
 * @param caller whose keys are its own
 * @param digest of what else was asked for: another request must not come with the same key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Once(String caller, String key, byte[] digest) {
  /** How long a key is known. */
  public static final int DAYS = 7;

  private static final String PRUNE =
      """
      DELETE FROM idempotency_key WHERE (caller, key) IN
        (SELECT caller, key FROM idempotency_key WHERE made_at < ? ORDER BY made_at LIMIT %d)
      """
          .formatted(Pruner.SLICE);

  /** A request with this key has made something before; the transaction makes nothing. */
  public static final class Repeated extends RuntimeException {
    private final String target;
    private final boolean same;

    Repeated(String target, boolean same) {
      super("made before: " + target, null, false, false);
      this.target = target;
      this.same = same;
    }

    /** What was made, by its path in the API. */
    public String target() {
      return target;
    }

    /** Whether that was the same request. */
    public boolean same() {
      return same;
    }
  }

  /**
   * Takes the key, before anything else in the transaction: whoever comes with it meanwhile waits
   * for its end.
   *
   * @param once null: each request makes another thing
   * @param target what will be made, by its path in the API
   * @throws Repeated when it is taken
   */
  public static void claim(@Nullable Once once, Connection connection, String target, Instant now)
      throws SQLException {
    if (once == null) {
      return;
    }
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO idempotency_key (caller, key, digest, target, made_at)"
                    + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT target, digest FROM idempotency_key WHERE caller = ? AND key = ?")) {
      insert.setString(1, once.caller);
      insert.setString(2, once.key);
      insert.setBytes(3, once.digest);
      insert.setString(4, target);
      insert.setObject(5, Timestamps.of(now));
      if (insert.executeUpdate() == 1) {
        return;
      }
      select.setString(1, once.caller);
      select.setString(2, once.key);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("a key is neither new nor there", "40001");
        }
        throw new Repeated(row.getString(1), MessageDigest.isEqual(row.getBytes(2), once.digest));
      }
    }
  }

  /** Gives the key back, as nothing was made after all. */
  public static void release(@Nullable Once once, Connection connection) throws SQLException {
    if (once == null) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM idempotency_key WHERE caller = ? AND key = ?")) {
      delete.setString(1, once.caller);
      delete.setString(2, once.key);
      delete.executeUpdate();
    }
  }

  /** Forgets old keys. */
  public static Pruner pruner(Database database, InstantSource clock) {
    return new Pruner(database, clock, "idempotency keys", PRUNE, DAYS);
  }
}
