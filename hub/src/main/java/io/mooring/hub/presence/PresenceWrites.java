package io.mooring.hub.presence;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.presence.PresenceChange.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Carries out {@link PresenceChange}s. */
public final class PresenceWrites implements Write.Kind<PresenceChange> {
  static final String CHANGE =
      """
      UPDATE presence p SET
        state = u.state,
        since = u.at,
        last_seen_at = u.seen,
        close_code = CASE WHEN u.state = 'offline' THEN u.code ELSE p.close_code END,
        close_reason = CASE WHEN u.state = 'offline' THEN u.cause ELSE p.close_reason END
      FROM unnest(?::int[], ?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::int[], ?::text[])
        WITH ORDINALITY AS u(device_key, epoch, state, at, seen, code, cause, n)
      WHERE p.device_key = u.device_key AND p.epoch = u.epoch AND p.state <> 'offline' AND p.state <> u.state
      RETURNING u.n
      """;

  static final String END =
      """
      UPDATE session s SET closed_at = u.at, close_code = u.code, close_reason = u.cause
      FROM unnest(?::int[], ?::bigint[], ?::timestamptz[], ?::int[], ?::text[]) AS u(device_key, epoch, at, code, cause)
      CROSS JOIN LATERAL (SELECT r.ctid FROM session r
        WHERE r.device_key = u.device_key AND r.epoch = u.epoch AND r.closed_at IS NULL OFFSET 0) AS place
      WHERE s.ctid = place.ctid
      """;

  private final EventStore events;
  private final LiveFeed feed;

  public PresenceWrites(EventStore events, LiveFeed feed) {
    this.events = events;
    this.feed = feed;
  }

  @Override
  public Class<PresenceChange> type() {
    return PresenceChange.class;
  }

  @Override
  public void write(Connection connection, List<PresenceChange> writes, boolean careful)
      throws SQLException {
    List<Event.Durable> happened = new ArrayList<>();
    List<PresenceChange> rest = writes;
    while (!rest.isEmpty()) {
      // One statement changes a row once: a device's second change takes the next round.
      Set<Integer> seen = new HashSet<>();
      List<PresenceChange> round = new ArrayList<>();
      List<PresenceChange> later = new ArrayList<>();
      for (PresenceChange change : rest) {
        (later.isEmpty() && seen.add(change.deviceKey) ? round : later).add(change);
      }
      happened.addAll(change(connection, round));
      rest = later;
    }
    writes.getFirst().events = happened;
  }

  private List<Event.Durable> change(Connection connection, List<PresenceChange> round)
      throws SQLException {
    SqlArrays<PresenceChange> rows = new SqlArrays<>(connection, round);
    List<EventStore.New> happened = new ArrayList<>();
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setArray(1, rows.ints(c -> c.deviceKey));
      update.setArray(2, rows.longs(c -> c.epoch));
      update.setArray(3, rows.texts(c -> c.state.text));
      update.setArray(4, rows.times(c -> c.at));
      update.setArray(5, rows.times(c -> c.lastSeenAt));
      update.setArray(6, rows.ints(c -> c.closeCode));
      update.setArray(7, rows.texts(c -> c.cause));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          PresenceChange c = round.get((int) row.getLong(1) - 1);
          happened.add(new EventStore.New(c.at, c.deviceKey, c.state.text, c.epoch, c.cause));
        }
      }
    }
    List<PresenceChange> ended = round.stream().filter(c -> c.state == State.OFFLINE).toList();
    if (!ended.isEmpty()) {
      end(connection, ended);
    }
    return events.append(connection, happened);
  }

  static void end(Connection connection, List<PresenceChange> ended) throws SQLException {
    SqlArrays<PresenceChange> rows = new SqlArrays<>(connection, ended);
    try (PreparedStatement update = connection.prepareStatement(END)) {
      update.setArray(1, rows.ints(c -> c.deviceKey));
      update.setArray(2, rows.longs(c -> c.epoch));
      update.setArray(3, rows.times(c -> c.at));
      update.setArray(4, rows.ints(c -> c.closeCode));
      update.setArray(5, rows.texts(c -> c.cause));
      update.executeUpdate();
    }
  }

  @Override
  public void committed(List<PresenceChange> writes) {
    feed.publish(writes.getFirst().events);
  }
}
