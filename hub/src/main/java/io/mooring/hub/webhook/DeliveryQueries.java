package io.mooring.hub.webhook;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.webhook.Delivery.State;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked of the table {@code webhook_delivery}; {@link DeliveryStore} changes it. */
final class DeliveryQueries {
  private static final String LIST =
      """
      SELECT * FROM webhook_delivery
      WHERE webhook_id = ? AND (?::text IS NULL OR state = ?::text) AND event_id < ? ORDER BY event_id DESC LIMIT ?
      """;

  private static final String COUNTS =
      """
      SELECT webhook_id, state, count(*) FROM webhook_delivery WHERE state = 'pending' GROUP BY 1, 2
      UNION ALL
      SELECT webhook_id, state, count(*) FROM webhook_delivery WHERE state = 'dead' GROUP BY 1, 2
      """;

  /** By the key from its end: as a rule the first row that is looked at. */
  private static final String LAST =
      """
      SELECT w.id, last.ended_at FROM webhook w CROSS JOIN LATERAL (
        SELECT ended_at FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'succeeded'
        ORDER BY d.event_id DESC LIMIT 1) last
      """;

  /** How many deliveries of a webhook wait, and how many are dead. */
  record Counts(long pending, long dead) {
    static final Counts NONE = new Counts(0, 0);
  }

  private final Database database;

  DeliveryQueries(Database database) {
    this.database = database;
  }

  /** Newest first, from before an event; null: in whatever state. */
  List<Delivery> list(String webhook, @Nullable State state, long before, int limit) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LIST)) {
            select.setString(1, webhook);
            select.setString(2, state == null ? null : state.text());
            select.setString(3, state == null ? null : state.text());
            select.setLong(4, before);
            select.setInt(5, limit);
            return read(select);
          }
        });
  }

  Map<String, Counts> counts() {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(COUNTS);
              ResultSet row = select.executeQuery()) {
            Map<String, Counts> counts = new HashMap<>();
            while (row.next()) {
              boolean pending = row.getString(2).equals(State.PENDING.text());
              long count = row.getLong(3);
              counts.merge(
                  row.getString(1),
                  new Counts(pending ? count : 0, pending ? 0 : count),
                  (a, b) -> new Counts(a.pending() + b.pending(), a.dead() + b.dead()));
            }
            return counts;
          }
        });
  }

  /** When the newest event that was delivered arrived, by webhook; left out: none was. */
  Map<String, Instant> lastDelivered() {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LAST);
              ResultSet row = select.executeQuery()) {
            Map<String, Instant> last = new HashMap<>();
            while (row.next()) {
              last.put(row.getString("id"), Timestamps.get(row, "ended_at"));
            }
            return last;
          }
        });
  }

  private static List<Delivery> read(PreparedStatement statement) throws SQLException {
    List<Delivery> deliveries = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        deliveries.add(
            new Delivery(
                row.getLong("event_id"),
                State.of(row.getString("state")).orElseThrow(),
                row.getString("device"),
                row.getString("body"),
                row.getInt("attempts"),
                Timestamps.get(row, "created_at"),
                Timestamps.getOrNull(row, "next_attempt_at"),
                Timestamps.getOrNull(row, "ended_at"),
                row.getObject("status", Integer.class),
                row.getString("answer")));
      }
    }
    return deliveries;
  }
}
