package io.mooring.hub.presence;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  private static final String END =
      "UPDATE session SET closed_at = ?, close_code = ?, close_reason = ? WHERE closed_at IS NULL";

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
    return database.transaction(
        connection -> {
          List<EventStore.New> happened = mark(connection, now);
          try (PreparedStatement end = connection.prepareStatement(END)) {
            end.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
            end.setInt(2, ABNORMAL);
            end.setString(3, CAUSE);
            end.executeUpdate();
          }
          events.append(connection, happened);
          return happened.size();
        });
  }

  private static List<EventStore.New> mark(Connection connection, Instant now) throws SQLException {
    List<EventStore.New> happened = new ArrayList<>();
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      mark.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      mark.setInt(2, ABNORMAL);
      mark.setString(3, CAUSE);
      try (ResultSet row = mark.executeQuery()) {
        while (row.next()) {
          happened.add(new EventStore.New(now, row.getInt(1), "offline", row.getLong(2), CAUSE));
        }
      }
    }
    return happened;
  }
}
