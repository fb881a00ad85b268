package io.mooring.hub.webhook;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.webhook.Delivery.Attempted;
import io.mooring.hub.webhook.Delivery.State;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code webhook_delivery}; {@link EventTakeWrites} adds its rows. */
final class DeliveryStore {
  private static final String DUE =
      """
      SELECT event_id, device, body, attempts, first_attempt_at FROM webhook_delivery
      WHERE webhook_id = ? AND state = 'pending' AND next_attempt_at <= ? AND event_id <> ALL (?)
      ORDER BY event_id LIMIT ?
      """;

  private static final String RECORD =
      """
      UPDATE webhook_delivery SET state = ?, attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?),
             next_attempt_at = ?, ended_at = ?, status = ?, answer = ?
      WHERE webhook_id = ? AND event_id = ? AND state = 'pending'
      """;

  /** One that waits keeps its attempts, and its day. */
  private static final String AGAIN =
      """
      UPDATE webhook_delivery SET state = 'pending', next_attempt_at = ?, ended_at = NULL,
        attempts = CASE state WHEN 'pending' THEN attempts ELSE 0 END,
        first_attempt_at = CASE state WHEN 'pending' THEN first_attempt_at END,
        status = CASE state WHEN 'pending' THEN status END, answer = CASE state WHEN 'pending' THEN answer END
      WHERE webhook_id = ?
      """;

  private static final String HURRY =
      """
      UPDATE webhook_delivery SET next_attempt_at = ? WHERE webhook_id = ? AND state = 'pending' AND next_attempt_at > ?
      """;

  private static final String OLDEST_DEAD =
      """
      AND state = 'dead' AND event_id = ANY (ARRAY(
        SELECT event_id FROM webhook_delivery WHERE webhook_id = ? AND state = 'dead' ORDER BY event_id LIMIT ?))
      """;

  private static final String PRUNE =
      """
      DELETE FROM webhook_delivery WHERE (webhook_id, event_id) IN (
        SELECT webhook_id, event_id FROM webhook_delivery WHERE ended_at < ? ORDER BY ended_at LIMIT %d)
      """
          .formatted(Pruner.SLICE);

  /**
   * What became of a webhook, as it was then, by its attempts.
   *
   * @param disabled null: it stays enabled
   * @param back whether its endpoint was away and is back, so that what waits need not wait
   */
  record Verdict(
      Webhook webhook,
      @Nullable Instant failingSince,
      Webhook.@Nullable Cause disabled,
      boolean back) {}

  private final Database database;

  DeliveryStore(Database database) {
    this.database = database;
  }

  static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "deliveries of webhooks", PRUNE, days);
  }

  /** The oldest that are due, but for those under way. */
  List<Delivery.Due> due(String webhook, Collection<Long> underWay, Instant now, int limit) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(DUE)) {
            select.setString(1, webhook);
            select.setObject(2, Timestamps.of(now));
            select.setArray(3, ids(connection, underWay));
            select.setInt(4, limit);
            List<Delivery.Due> due = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                due.add(
                    new Delivery.Due(
                        row.getLong("event_id"),
                        row.getString("device"),
                        row.getString("body"),
                        row.getInt("attempts"),
                        Timestamps.getOrNull(row, "first_attempt_at")));
              }
            }
            return due;
          }
        });
  }

  /** When the next one is due, but for those under way; the end of times: there is none. */
  Instant nextDue(String webhook, Collection<Long> underWay) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT min(next_attempt_at) AS next FROM webhook_delivery"
                      + " WHERE webhook_id = ? AND state = 'pending' AND event_id <> ALL (?)")) {
            select.setString(1, webhook);
            select.setArray(2, ids(connection, underWay));
            try (ResultSet row = select.executeQuery()) {
              row.next();
              Instant next = Timestamps.getOrNull(row, "next");
              return next == null ? Instant.MAX : next;
            }
          }
        });
  }

  private static Array ids(Connection connection, Collection<Long> ids) throws SQLException {
    return connection.createArrayOf("int8", ids.toArray(Long[]::new));
  }

  /** Writes down how attempts ended, and what that means for their webhooks. */
  void record(List<Attempted> attempts, List<Verdict> verdicts, Instant now) {
    var _ =
        database.transaction(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(RECORD)) {
                for (Attempted attempt : attempts) {
                  set(update, attempt);
                  update.addBatch();
                }
                update.executeBatch();
              }
              for (Verdict verdict : verdicts) {
                WebhookHealthStore.note(connection, verdict.webhook(), verdict.failingSince());
                if (verdict.disabled() != null) {
                  WebhookHealthStore.disable(
                      connection, verdict.webhook(), verdict.disabled(), now);
                }
                if (verdict.back()) {
                  hurry(connection, verdict.webhook().id(), now);
                }
              }
              return attempts.size();
            });
  }

  private static void set(PreparedStatement update, Attempted attempt) throws SQLException {
    boolean ended = attempt.state() != State.PENDING;
    Delivery.Answer answer = attempt.answer();
    update.setString(1, attempt.state().text());
    update.setObject(2, Timestamps.of(attempt.at()));
    update.setObject(3, Timestamps.ofNullable(attempt.next()));
    update.setObject(4, Timestamps.ofNullable(ended ? attempt.at() : null));
    update.setObject(5, answer.status() == 0 ? null : answer.status(), java.sql.Types.INTEGER);
    update.setString(6, answer.isGood() || answer.text().isEmpty() ? null : answer.text());
    update.setString(7, attempt.webhook());
    update.setLong(8, attempt.due().event());
  }

  /**
   * Makes those that wait due at once: they are sent in their order, and as many at a time as ever.
   */
  int hurry(String webhook, Instant now) {
    return database.transaction(connection -> hurry(connection, webhook, now));
  }

  static int hurry(Connection connection, String webhook, Instant now) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(HURRY)) {
      update.setObject(1, Timestamps.of(now));
      update.setString(2, webhook);
      update.setObject(3, Timestamps.of(now));
      return update.executeUpdate();
    }
  }

  /** Makes one that has ended wait again, and one that waits due at once; false: there is none. */
  boolean replay(String webhook, long event, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(AGAIN + "AND event_id = ?")) {
            update.setObject(1, Timestamps.of(now));
            update.setString(2, webhook);
            update.setLong(3, event);
            if (update.executeUpdate() == 0) {
              return false;
            }
            String target = webhook + "/deliveries/" + event;
            AuditStore.append(connection, WebhookStore.change(target, "replay", by, now));
            return true;
          }
        });
  }

  /** Makes the oldest dead letters wait again, {@code most} at the most. */
  int replayDead(String webhook, int most, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(AGAIN + OLDEST_DEAD)) {
            update.setObject(1, Timestamps.of(now));
            update.setString(2, webhook);
            update.setString(3, webhook);
            update.setInt(4, most);
            int replayed = update.executeUpdate();
            AuditStore.append(
                connection,
                WebhookStore.change(webhook, "replay-dead", by, now).after("deliveries", replayed));
            return replayed;
          }
        });
  }

  /** That somebody has the hub call an endpoint. */
  void noteTest(String webhook, Actor by, Instant now) {
    var _ =
        database.transaction(
            connection -> {
              AuditStore.append(connection, WebhookStore.change(webhook, "test", by, now));
              return webhook;
            });
  }
}
