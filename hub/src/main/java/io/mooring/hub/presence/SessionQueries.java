package io.mooring.hub.presence;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions that a device had and has. */
public final class SessionQueries {
  /** By the primary key. */
  private static final String LIST =
      """
      SELECT * FROM session WHERE device_key = ? AND epoch < ? ORDER BY epoch DESC LIMIT ?
      """;

  /**
   * A session.
   *
   * @param epoch its number among the device's
   * @param node the hub that it was with
   * @param closedAt null: it is open
   */
  public record Entry(
      long epoch,
      String node,
      String address,
      String agent,
      Instant openedAt,
      @Nullable Instant closedAt,
      @Nullable Integer closeCode,
      @Nullable String closeReason) {}

  private final Database database;

  public SessionQueries(Database database) {
    this.database = database;
  }

  /** A page of sessions with lower numbers than this, newest first. */
  public List<Entry> list(int deviceKey, long before, int limit) {
    return database.transaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LIST)) {
            select.setInt(1, deviceKey);
            select.setLong(2, before);
            select.setInt(3, limit);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                entries.add(entry(row));
              }
            }
            return entries;
          }
        });
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("epoch"),
        row.getString("node"),
        row.getString("address"),
        row.getString("agent"),
        Timestamps.get(row, "opened_at"),
        Timestamps.getOrNull(row, "closed_at"),
        row.getObject("close_code", Integer.class),
        row.getString("close_reason"));
  }
}
