package io.mooring.hub.webhook;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes events for webhooks: in one transaction the deliveries are written down and the positions
 * move on, so that no event is left out and none taken twice, whenever the hub dies. All events are
 * written in one order, so their ids rise in the order of their commits.
 */
final class EventTakeWrites {
  /** Most events looked at in one transaction. */
  static final int PAGE = 500;

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A webhook that was deleted or disabled meanwhile takes nothing; nor one that is not where it
   * was thought to be, as after a commit whose answer was lost. Locks the rows of the rest.
   */
  private static final String MOVE =
      """
      UPDATE webhook w SET position = u.position FROM unnest(?::text[], ?::bigint[]) AS u(id, position)
      WHERE w.id = u.id AND w.position = ? AND w.disabled_cause IS NULL RETURNING w.id
      """;

  private static final String INSERT =
      """
      INSERT INTO webhook_delivery (webhook_id, event_id, device, body, state, created_at, next_attempt_at)
      SELECT u.webhook, u.event, u.device, u.body, 'pending', ?, ?
      FROM unnest(?::text[], ?::bigint[], ?::text[], ?::text[]) AS u(webhook, event, device, body)
      """;

  private static final String TAGGED =
      "SELECT key FROM device WHERE key = ANY (?) AND tags @> ?::jsonb";

  /**
   * A webhook that wants events.
   *
   * @param room for how many deliveries there is room
   */
  record Wanting(Webhook webhook, int room) {}

  /**
   * What it took.
   *
   * @param position how far it has looked
   * @param looksFurther whether there is more to look at
   */
  record Taken(String webhook, long position, int deliveries, boolean looksFurther) {}

  private record Row(String webhook, Event.Durable event, String body) {}

  private final Database database;
  private final EventStore events;
  private final Function<Event, String> body;

  EventTakeWrites(Database database, EventStore events, Function<Event, String> body) {
    this.database = database;
    this.events = events;
    this.body = body;
  }

  /**
   * Takes the next events after a position, at which all of these are. Who is left out of the
   * answer took nothing, as its row is not what it was thought to be.
   */
  List<Taken> take(long position, List<Wanting> wanting, Instant now) {
    return database.transaction(
        connection -> {
          List<Event.Durable> page = events.after(connection, position, Set.of(), PAGE);
          if (page.isEmpty()) {
            return wanting.stream()
                .map(one -> new Taken(one.webhook().id(), position, 0, false))
                .toList();
          }
          // Made when the first webhook wants it.
          @Nullable String[] bodies = new String[page.size()];
          List<Row> rows = new ArrayList<>();
          List<Taken> taken = new ArrayList<>();
          for (Wanting one : wanting) {
            taken.add(look(one, page, bodies, tagged(connection, one.webhook(), page), rows));
          }
          Set<String> moved = move(connection, position, taken);
          insert(connection, rows.stream().filter(r -> moved.contains(r.webhook())).toList(), now);
          return taken.stream().filter(one -> moved.contains(one.webhook())).toList();
        });
  }

  private Taken look(
      Wanting one,
      List<Event.Durable> page,
      @Nullable String[] bodies,
      Set<Integer> tagged,
      List<Row> rows) {
    Webhook webhook = one.webhook();
    int before = rows.size();
    long position = page.getLast().id();
    for (int i = 0; i < page.size(); i++) {
      Event.Durable event = page.get(i);
      boolean passes =
          webhook.filter().passes(event)
              && (webhook.filter().tags().isEmpty() || tagged.contains(event.deviceKey()));
      if (passes && rows.size() - before == one.room()) {
        // Ids have gaps, and what lies in them is no event.
        return new Taken(webhook.id(), event.id() - 1, one.room(), true);
      }
      if (passes) {
        String made = bodies[i];
        if (made == null) {
          made = body.apply(event);
          bodies[i] = made;
        }
        rows.add(new Row(webhook.id(), event, made));
      }
    }
    return new Taken(webhook.id(), position, rows.size() - before, page.size() == PAGE);
  }

  /** Keys of those devices that have all tags of the filter now. */
  private static Set<Integer> tagged(
      Connection connection, Webhook webhook, List<Event.Durable> page) throws SQLException {
    Set<Integer> keys = new HashSet<>();
    if (webhook.filter().tags().isEmpty()) {
      return keys;
    }
    try (PreparedStatement select = connection.prepareStatement(TAGGED)) {
      select.setArray(1, new SqlArrays<>(connection, page).ints(Event.Durable::deviceKey));
      select.setString(2, JSON.writeValueAsString(webhook.filter().tags()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          keys.add(row.getInt(1));
        }
      }
    }
    return keys;
  }

  private static Set<String> move(Connection connection, long from, List<Taken> taken)
      throws SQLException {
    Set<String> moved = new HashSet<>();
    SqlArrays<Taken> rows = new SqlArrays<>(connection, taken);
    try (PreparedStatement update = connection.prepareStatement(MOVE)) {
      update.setArray(1, rows.texts(Taken::webhook));
      update.setArray(2, rows.longs(Taken::position));
      update.setLong(3, from);
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          moved.add(row.getString(1));
        }
      }
    }
    return moved;
  }

  private static void insert(Connection connection, List<Row> taken, Instant now)
      throws SQLException {
    if (taken.isEmpty()) {
      return;
    }
    SqlArrays<Row> rows = new SqlArrays<>(connection, taken);
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setObject(1, Timestamps.of(now));
      insert.setObject(2, Timestamps.of(now));
      insert.setArray(3, rows.texts(Row::webhook));
      insert.setArray(4, rows.longs(row -> row.event().id()));
      insert.setArray(5, rows.texts(row -> row.event().device()));
      insert.setArray(6, rows.texts(Row::body));
      insert.executeUpdate();
    }
  }
}
