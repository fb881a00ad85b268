package io.mooring.hub.presence;

import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.device.TokenRotationStore;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.wire.CloseReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions, many at a time. Comes after telemetry in a transaction, so positions include all
 * that waited. Comes before commands are accepted, so that one which is accepted after this looked
 * for waiting ones is told to a session that is open.
 */
public final class SessionOpenWrites implements Write.Kind<SessionOpen> {
  private static final Logger LOG = LoggerFactory.getLogger(SessionOpenWrites.class);

  /**
   * Also records the session and ends the one before, if nothing else has: each statement less is a
   * round trip less of every transaction while a fleet returns.
   */
  static final String OPEN =
      """
      WITH opened AS (
        INSERT INTO presence AS p (device_key, epoch, state, since, last_seen_at, node, address, agent)
        SELECT d.key, 1, 'online', u.at, u.at, ?, u.address, u.agent
        FROM unnest(?::int[], ?::text[], ?::timestamptz[], ?::text[], ?::text[]) AS u(device_key, token_id, at, address, agent)
        JOIN device d ON d.key = u.device_key AND d.enabled
        JOIN device_credential t ON t.id = u.token_id AND t.device_key = d.key AND t.revoked_at IS NULL
          AND (t.expires_at IS NULL OR t.expires_at > u.at)
        ORDER BY d.key
        ON CONFLICT (device_key) DO UPDATE SET
          epoch = p.epoch + 1,
          state = 'online',
          since = CASE WHEN p.state = 'online' THEN p.since ELSE EXCLUDED.since END,
          last_seen_at = EXCLUDED.last_seen_at,
          node = EXCLUDED.node, address = EXCLUDED.address, agent = EXCLUDED.agent
        RETURNING device_key, epoch, last_seen_at, node, address, agent,
          EXISTS (SELECT FROM command c WHERE c.device_key = p.device_key
                  AND c.state IN ('queued', 'sent', 'received') OFFSET 0) AS commands_wait
      ), older AS (
        UPDATE session s SET closed_at = o.last_seen_at, close_code = ?, close_reason = ?
        FROM opened o CROSS JOIN LATERAL (SELECT r.ctid FROM session r
          WHERE r.device_key = o.device_key AND r.epoch = o.epoch - 1 AND r.closed_at IS NULL OFFSET 0) AS place
        WHERE s.ctid = place.ctid
      ), recorded AS (
        INSERT INTO session (device_key, epoch, node, address, agent, opened_at)
        SELECT device_key, epoch, node, address, agent, last_seen_at FROM opened
      )
      SELECT device_key, epoch, commands_wait FROM opened
      """;

  /** Whose session the one before was, where it was another node's and has just been ended. */
  private static final String MOVED =
      """
      SELECT u.n, s.node FROM unnest(?::int[], ?::bigint[]) WITH ORDINALITY AS u(device_key, epoch, n)
      CROSS JOIN LATERAL (SELECT r.node, r.close_code FROM session r
        WHERE r.device_key = u.device_key AND r.epoch = u.epoch - 1 OFFSET 0) AS s
      WHERE s.node <> ? AND s.close_code = ?
      """;

  private static final String DISABLED =
      """
      SELECT u.n FROM unnest(?::int[]) WITH ORDINALITY AS u(device_key, n)
      JOIN device d ON d.key = u.device_key AND NOT d.enabled
      """;

  /** Devices logged by themselves within a second: all took a tenth of a storm's handshakes. */
  private static final int LOGGED = 10;

  private final Peers peers;
  private final EventStore events;
  private final LiveFeed feed;

  // Touched by the notifier's thread only.
  private Instant second = Instant.EPOCH;
  private int openedInSecond;

  public SessionOpenWrites(Peers peers, EventStore events, LiveFeed feed) {
    this.peers = peers;
    this.events = events;
    this.feed = feed;
  }

  @Override
  public Class<SessionOpen> type() {
    return SessionOpen.class;
  }

  @Override
  public void write(Connection connection, List<SessionOpen> writes, boolean careful)
      throws SQLException {
    for (SessionOpen open : writes) {
      open.epoch = 0;
      open.disabled = false;
      open.newlyDropped = 0;
      open.movedFrom = null;
    }
    List<Event.Durable> happened = new ArrayList<>();
    List<SessionOpen> rest = writes;
    while (!rest.isEmpty()) {
      // A statement may raise an epoch only once: the same device's next session takes the next
      // round.
      Map<Integer, SessionOpen> round = new LinkedHashMap<>();
      List<SessionOpen> later = new ArrayList<>();
      for (SessionOpen open : rest) {
        if (round.putIfAbsent(open.deviceKey, open) != null) {
          later.add(open);
        }
      }
      happened.addAll(open(connection, round));
      rest = later;
    }
    writes.getFirst().events = happened;
  }

  private List<Event.Durable> open(Connection connection, Map<Integer, SessionOpen> round)
      throws SQLException {
    List<SessionOpen> all = List.copyOf(round.values());
    SqlArrays<SessionOpen> rows = new SqlArrays<>(connection, all);
    try (PreparedStatement raise = connection.prepareStatement(OPEN)) {
      raise.setString(1, peers.node());
      raise.setArray(2, rows.ints(o -> o.deviceKey));
      raise.setArray(3, rows.texts(o -> o.tokenId));
      raise.setArray(4, rows.times(o -> o.at));
      raise.setArray(5, rows.texts(o -> o.address));
      raise.setArray(6, rows.texts(o -> o.agent));
      raise.setInt(7, CloseReason.REPLACED.code());
      raise.setString(8, CloseReason.REPLACED.text());
      try (ResultSet row = raise.executeQuery()) {
        while (row.next()) {
          SessionOpen open = round.get(row.getInt(1));
          if (open != null) {
            open.epoch = row.getLong(2);
            open.commandsWait = row.getBoolean(3);
          }
        }
      }
    }
    List<SessionOpen> opened = all.stream().filter(o -> o.epoch > 0).toList();
    if (opened.size() < all.size()) {
      disabled(connection, all.stream().filter(o -> o.epoch == 0).toList());
    }
    if (opened.isEmpty()) {
      return List.of();
    }
    prove(connection, opened);
    if (peers.exist()) {
      moved(connection, opened);
    }
    PositionQueries.find(connection, opened);
    DroppedReadingWrites.add(connection, round);
    return events.append(connection, opened.stream().map(SessionOpenWrites::event).toList());
  }

  /** In this transaction, so that no crash comes between a token's first session and its proof. */
  private static void prove(Connection connection, List<SessionOpen> opened) throws SQLException {
    List<TokenRotationStore.Proof> proofs =
        opened.stream()
            .filter(open -> open.unproven)
            .map(open -> new TokenRotationStore.Proof(open.deviceKey, open.tokenId, open.at))
            .toList();
    if (!proofs.isEmpty()) {
      TokenRotationStore.prove(connection, proofs);
    }
  }

  private void moved(Connection connection, List<SessionOpen> opened) throws SQLException {
    SqlArrays<SessionOpen> rows = new SqlArrays<>(connection, opened);
    try (PreparedStatement select = connection.prepareStatement(MOVED)) {
      select.setArray(1, rows.ints(o -> o.deviceKey));
      select.setArray(2, rows.longs(o -> o.epoch));
      select.setString(3, peers.node());
      select.setInt(4, CloseReason.REPLACED.code());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          opened.get((int) row.getLong(1) - 1).movedFrom = row.getString(2);
        }
      }
    }
  }

  /** Of those denied, which are so because an operator has disabled the device. */
  private static void disabled(Connection connection, List<SessionOpen> denied)
      throws SQLException {
    SqlArrays<SessionOpen> rows = new SqlArrays<>(connection, denied);
    try (PreparedStatement select = connection.prepareStatement(DISABLED)) {
      select.setArray(1, rows.ints(o -> o.deviceKey));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          denied.get((int) row.getLong(1) - 1).disabled = true;
        }
      }
    }
  }

  private static EventStore.New event(SessionOpen open) {
    String cause = "session opened from " + open.address + open.remark;
    if (open.newlyDropped > 0) {
      cause += "; the device has dropped " + open.newlyDropped + " readings since it last told";
    }
    return new EventStore.New(open.at, open.deviceKey, "online", open.epoch, cause);
  }

  @Override
  public void committed(List<SessionOpen> writes) {
    List<Event.Durable> happened = writes.getFirst().events;
    feed.publish(happened);
    log(writes, happened);
    AfterCommit.each(
        writes,
        open -> {
          if (open.epoch > 0) {
            String before = open.movedFrom;
            if (before != null) {
              peers.tell(before, new Hint.Opened(open.deviceKey, open.epoch, open.who));
            }
            open.outcome.opened(open.epoch, open.storedSeqs, open.commandsWait, open.newlyDropped);
          } else {
            open.outcome.denied(open.disabled);
          }
        });
  }

  private void log(List<SessionOpen> writes, List<Event.Durable> opened) {
    Instant at = writes.getFirst().at;
    if (Duration.between(second, at).compareTo(Duration.ofSeconds(1)) >= 0) {
      second = at;
      openedInSecond = 0;
    }
    openedInSecond += opened.size();
    if (openedInSecond > LOGGED) {
      LOG.info("{} more connected within a second; the events tell which", opened.size());
      return;
    }
    for (Event.Durable event : opened) {
      if (event instanceof Event.Presence presence) {
        LOG.info(
            "{} connected: {}, session {}", presence.device(), presence.cause(), presence.epoch());
      }
    }
  }
}
