package io.mooring.hub.device;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.SqlArrays;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When and from where tokens were used. A handshake only notes it here; what was noted is written
 * down some seconds later, at most once in five minutes for each token. A hub that is killed in
 * between forgets it: it serves people, and nothing depends on it. Safe for all threads.
 */
public final class TokenUseStore {
  /** How exactly the last use of a token is known: so often at most a row is written for it. */
  static final Duration NOTED = Duration.ofMinutes(5);

  /** Rows of one statement: a fleet that returns must not hold a connection for long. */
  private static final int SLICE = 500;

  /** More are not noted until the others are written: the database is away. */
  private static final int MOST = 100_000;

  /** Waits for no lock, so that nobody who holds one can wait for it in turn. */
  private static final String WRITE =
      """
      UPDATE device_token t SET last_used_at = u.at, last_used_address = u.address
      FROM (SELECT f.id, u.at, u.address
            FROM unnest(?::text[], ?::timestamptz[], ?::text[]) AS u(id, at, address)
            JOIN device_token f ON f.id = u.id FOR NO KEY UPDATE OF f SKIP LOCKED) AS u
      WHERE t.id = u.id
      """;

  private record Use(String tokenId, String address, Instant at) {}

  private final Database database;
  private Map<String, Use> noted = new HashMap<>();

  TokenUseStore(Database database) {
    this.database = database;
  }

  /**
   * A token was used. Does not block.
   *
   * @param written what the table says of its last use; null: never used
   */
  synchronized void note(String tokenId, @Nullable Instant written, String address, Instant now) {
    if ((written == null || !now.isBefore(written.plus(NOTED))) && noted.size() < MOST) {
      noted.put(tokenId, new Use(tokenId, address, now));
    }
  }

  /** Writes down what was noted. Blocks; what a failing database leaves unwritten is forgotten. */
  public void write() {
    List<Use> uses;
    synchronized (this) {
      uses = new ArrayList<>(noted.values());
      noted = new HashMap<>();
    }
    for (int from = 0; from < uses.size(); from += SLICE) {
      write(uses.subList(from, Math.min(from + SLICE, uses.size())));
    }
  }

  private void write(List<Use> uses) {
    var _ =
        database.query(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(WRITE)) {
                SqlArrays<Use> rows = new SqlArrays<>(connection, uses);
                update.setArray(1, rows.texts(Use::tokenId));
                update.setArray(2, rows.times(Use::at));
                update.setArray(3, rows.texts(Use::address));
                return update.executeUpdate();
              }
            });
  }
}
