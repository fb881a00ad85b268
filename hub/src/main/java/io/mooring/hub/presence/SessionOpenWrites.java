package io.mooring.hub.presence;

import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.device.TokenRotationStore;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
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

  private static final String DISABLED =
      """
      SELECT u.n FROM unnest(?::int[]) WITH ORDINALITY AS u(device_key, n)
      JOIN device d ON d.key = u.device_key AND NOT d.enabled
      """;

  private static final String POSITIONS =
      """
      SELECT u.n,
        greatest(
          (SELECT max(b.seq) FROM telemetry_batch b
           WHERE b.device_key = u.device_key
             AND b.layout_id IN (SELECT layout_id FROM device_layout l WHERE l.device_key = u.device_key)
             AND b.time >= u.oldest AND b.stream = u.stream),
          (SELECT m.seq FROM merged_stream m
           WHERE m.device_key = u.device_key AND m.stream = u.stream)) AS seq
      FROM unnest(?::int[], ?::bigint[], ?::timestamptz[]) WITH ORDINALITY AS u(device_key, stream, oldest, n)
      """;

  /**
   * How far back a stream's position is looked for: the search reads an index entry for each batch
   * since then, 86 400 of them at one a second, and every device waits meanwhile. The device itself
   * names the beginning.
   */
  private static final Duration LOOKED_BACK = Duration.ofDays(1);

  /** Devices logged by themselves within a second: all took a tenth of a storm's handshakes. */
  private static final int LOGGED = 10;

  private final String node;
  private final EventStore events;
  private final LiveFeed feed;

  // Touched by the notifier's thread only.
  private Instant second = Instant.EPOCH;
  private int openedInSecond;

  public SessionOpenWrites(String node, EventStore events, LiveFeed feed) {
    this.node = node;
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
      raise.setString(1, node);
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
    positions(connection, opened);
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

  /**
   * Only streams of which the device still holds batches are looked up, from the oldest batch on,
   * and no further back than {@link #LOOKED_BACK}. Batches are stored in the order of their
   * numbers, so any that is found stands for all before it; the table's key drops those before that
   * are sent again unfound. Merged batches have lost their keys: they are always looked up.
   */
  private static void positions(Connection connection, List<SessionOpen> opened)
      throws SQLException {
    record Held(SessionOpen open, int index, Inbound.Stream stream) {}
    List<Held> held = new ArrayList<>();
    for (SessionOpen open : opened) {
      open.storedSeqs = new ArrayList<>(Collections.nCopies(open.streams.size(), 0L));
      for (int i = 0; i < open.streams.size(); i++) {
        Inbound.Stream stream = open.streams.get(i);
        if (!stream.holdsBatches()) {
          open.storedSeqs.set(i, stream.nextSeq() - 1);
        } else {
          held.add(new Held(open, i, stream));
        }
      }
    }
    if (held.isEmpty()) {
      return;
    }
    SqlArrays<Held> rows = new SqlArrays<>(connection, held);
    try (PreparedStatement select = connection.prepareStatement(POSITIONS)) {
      select.setArray(1, rows.ints(h -> h.open().deviceKey));
      select.setArray(2, rows.longs(h -> h.stream().id()));
      select.setArray(3, rows.times(h -> lookedAtFrom(h.open(), h.stream())));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Held at = held.get((int) row.getLong("n") - 1);
          // What the device no longer holds it has seen acknowledged.
          long seq = Math.max(row.getLong("seq"), at.stream().firstSeq() - 1);
          at.open().storedSeqs.set(at.index(), seq);
        }
      }
    }
  }

  private static Instant lookedAtFrom(SessionOpen open, Inbound.Stream stream) {
    Instant oldest = instant(stream.oldestTimeUs());
    Instant furthest = open.at.minus(LOOKED_BACK);
    return oldest.isBefore(furthest) ? furthest : oldest;
  }

  private static Instant instant(long us) {
    return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
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
