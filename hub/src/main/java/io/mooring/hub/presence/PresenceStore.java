package io.mooring.hub.presence;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** What is done to presence outside of any session. */
public final class PresenceStore {
  /** A session that ended without its hub: an abnormal closure in WebSocket's terms. */
  private static final int ABNORMAL = 1006;

  private static final String CAUSE = "the hub was restarted";

  private static final String MARK =
      """
      UPDATE presence SET state = 'offline', since = ?, close_code = ?, close_reason = ?
      WHERE state <> 'offline' RETURNING device_key, epoch
      """;

  /** As the BatchWriter's connection does: see {@link Database}. */
  private static final String BY_KEYS =
      "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
          + " SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

  private static final String PRUNE =
      """
      DELETE FROM session s USING (
        SELECT device_key, epoch FROM session WHERE closed_at < ? ORDER BY closed_at LIMIT %d) oldest
      WHERE s.device_key = oldest.device_key AND s.epoch = oldest.epoch
      """
          .formatted(Pruner.SLICE);

  private final Database database;
  private final EventStore events;

  public PresenceStore(Database database, EventStore events) {
    this.database = database;
    this.events = events;
  }

  /** Deletes ended sessions that are older than they are kept. */
  public static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "ended sessions", PRUNE, days);
  }

  /**
   * Marks every device offline whose session a former run of this hub left open. Called at the
   * start, before the first handshake, while this hub is the only one on its database.
   *
   * @return how many there were
   */
  public int endLeftSessions(Instant now) {
    return database.transaction(connection -> endLeftSessions(connection, now));
  }

  /** A session that is open is its device's newest, and the others are far too many to read. */
  int endLeftSessions(Connection connection, Instant now) throws SQLException {
    List<PresenceChange> left = mark(connection, now);
    if (!left.isEmpty()) {
      try (Statement plans = connection.createStatement()) {
        plans.execute(BY_KEYS);
      }
      PresenceWrites.end(connection, left);
    }
    events.append(
        connection,
        left.stream()
            .map(c -> new EventStore.New(now, c.deviceKey, c.state.text, c.epoch, c.cause))
            .toList());
    return left.size();
  }

  private static List<PresenceChange> mark(Connection connection, Instant now) throws SQLException {
    List<PresenceChange> left = new ArrayList<>();
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      mark.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      mark.setInt(2, ABNORMAL);
      mark.setString(3, CAUSE);
      try (ResultSet row = mark.executeQuery()) {
        while (row.next()) {
          left.add(PresenceChange.closed(row.getInt(1), row.getLong(2), now, now, ABNORMAL, CAUSE));
        }
      }
    }
    return left;
  }
}
