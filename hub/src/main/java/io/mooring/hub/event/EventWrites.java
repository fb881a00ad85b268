package io.mooring.hub.event;

import io.mooring.hub.db.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Inserts events of devices: with one statement where there are few, as is usual. */
final class EventWrites {
  /** From so many events on, two statements cost less than the look-ups of each event. */
  private static final int MANY = 8;

  private static final String NAMES = "SELECT key, id FROM device WHERE key = ANY (?)";

  private static final String APPEND_MANY =
      """
      INSERT INTO event (at, device_key, type, state, epoch, node, command_id, cause)
      SELECT u.at, u.device_key, u.type, u.state, u.epoch, ?, u.command_id, u.cause
      FROM unnest(?::timestamptz[], ?::int[], ?::text[], ?::text[], ?::bigint[], ?::uuid[], ?::text[])
        WITH ORDINALITY AS u(at, device_key, type, state, epoch, command_id, cause, n)
      ORDER BY u.n
      RETURNING id
      """;

  /** Devices are looked up event by event: a join might scan all devices for a few. */
  private static final String APPEND_FEW =
      """
      WITH appended AS (
        INSERT INTO event (at, device_key, type, state, epoch, node, command_id, cause)
        SELECT u.at, u.device_key, u.type, u.state, u.epoch, ?, u.command_id, u.cause
        FROM unnest(?::timestamptz[], ?::int[], ?::text[], ?::text[], ?::bigint[], ?::uuid[], ?::text[])
          WITH ORDINALITY AS u(at, device_key, type, state, epoch, command_id, cause, n)
        WHERE EXISTS (SELECT FROM device d WHERE d.key = u.device_key OFFSET 0)
        ORDER BY u.n
        RETURNING id, device_key)
      SELECT a.id, a.device_key, (SELECT d.id FROM device d WHERE d.key = a.device_key) FROM appended a ORDER BY a.id
      """;

  private final String node;

  EventWrites(String node) {
    this.node = node;
  }

  /** Those of devices that are deleted vanish. */
  List<Event.Durable> append(Connection connection, List<EventStore.New> events)
      throws SQLException {
    return events.size() < MANY ? appendFew(connection, events) : appendMany(connection, events);
  }

  private List<Event.Durable> appendFew(Connection connection, List<EventStore.New> events)
      throws SQLException {
    if (events.isEmpty()) {
      return List.of();
    }
    try (PreparedStatement insert = connection.prepareStatement(APPEND_FEW)) {
      set(insert, new SqlArrays<>(connection, events));
      return appended(insert, events);
    }
  }

  /** Each device is looked up once, not once for each of its events and once more for its name. */
  private List<Event.Durable> appendMany(Connection connection, List<EventStore.New> events)
      throws SQLException {
    Map<Integer, String> names = names(connection, events);
    List<EventStore.New> there = new ArrayList<>(events.size());
    for (EventStore.New event : events) {
      if (names.containsKey(event.deviceKey())) {
        there.add(event);
      }
    }
    List<Event.Durable> appended = new ArrayList<>(there.size());
    try (PreparedStatement insert = connection.prepareStatement(APPEND_MANY)) {
      set(insert, new SqlArrays<>(connection, there));
      try (ResultSet row = insert.executeQuery()) {
        for (EventStore.New event : there) {
          row.next();
          String device = names.get(event.deviceKey());
          if (device != null) {
            appended.add(event.appended(row.getLong(1), device));
          }
        }
      }
    }
    return appended;
  }

  private static Map<Integer, String> names(Connection connection, List<EventStore.New> events)
      throws SQLException {
    Set<Integer> keys = new HashSet<>();
    events.forEach(event -> keys.add(event.deviceKey()));
    Map<Integer, String> names = HashMap.newHashMap(keys.size());
    try (PreparedStatement select = connection.prepareStatement(NAMES)) {
      select.setArray(1, connection.createArrayOf("int", keys.toArray(Integer[]::new)));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          names.put(row.getInt(1), row.getString(2));
        }
      }
    }
    return names;
  }

  private void set(PreparedStatement insert, SqlArrays<EventStore.New> rows) throws SQLException {
    insert.setString(1, node);
    insert.setArray(2, rows.times(EventStore.New::at));
    insert.setArray(3, rows.ints(EventStore.New::deviceKey));
    insert.setArray(4, rows.texts(event -> event.command() == null ? "presence" : "command"));
    insert.setArray(5, rows.texts(EventStore.New::state));
    insert.setArray(6, rows.longsOrNull(EventStore.New::epoch));
    insert.setArray(7, rows.uuids(EventStore.New::command));
    insert.setArray(8, rows.texts(EventStore.New::cause));
  }

  /** In the order of the events; those that have vanished are all of their devices. */
  private static List<Event.Durable> appended(PreparedStatement insert, List<EventStore.New> events)
      throws SQLException {
    List<Event.Durable> appended = new ArrayList<>(events.size());
    try (ResultSet row = insert.executeQuery()) {
      Iterator<EventStore.New> next = events.iterator();
      while (row.next()) {
        EventStore.New event = next.next();
        while (event.deviceKey() != row.getInt(2)) {
          event = next.next();
        }
        String device = row.getString(3);
        if (device != null) {
          appended.add(event.appended(row.getLong(1), device));
        }
      }
    }
    return appended;
  }
}
