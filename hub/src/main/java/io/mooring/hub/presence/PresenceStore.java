package io.mooring.hub.presence;

import io.mooring.hub.cluster.LoneNodeStore;
import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.event.Event;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is done to presence outside of any session. */
public final class PresenceStore {
  /** A session that ended without its hub: an abnormal closure in WebSocket's terms. */
  private static final int ABNORMAL = 1006;

  /** Why the sessions of a former run have ended. */
  public static final String RESTARTED = "the hub was restarted";

  /** The server's clock may be ahead of the hub's. */
  private static final String MARK =
      """
      UPDATE presence p SET state = 'offline', since = ?, close_code = ?, close_reason = ?
      WHERE state <> 'offline' RETURNING device_key, epoch, greatest(last_seen_at,
        (SELECT least(n.renewed_at, p.since) FROM node n WHERE n.name = p.node)) AS ended
      """;

  /** Of one node, a slice of them. */
  private static final String MARK_OF_NODE =
      """
      UPDATE presence SET state = 'offline', since = ?, close_code = ?, close_reason = ?
      WHERE device_key = ANY (ARRAY(
        SELECT device_key FROM presence WHERE state IN ('online', 'suspect') AND node = ? LIMIT ?))
      RETURNING device_key, epoch, greatest(last_seen_at, least(?::timestamptz, since)) AS ended
      """;

  /** A turn for which all hubs' events wait: about 20 ms. */
  private static final int SLICE = 250;

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
   * start, before the first handshake, while this hub is the only one on its database. The sessions
   * ended when that run was last known to be alive: it may have been dead for a night.
   *
   * @return how many there were
   */
  public int endLeftSessions(Instant now) {
    return database.transaction(connection -> endLeftSessions(connection, now));
  }

  /** A session that is open is its device's newest, and the others are far too many to read. */
  int endLeftSessions(Connection connection, Instant now) throws SQLException {
    List<PresenceChange> left = mark(connection, now);
    end(connection, left, now);
    LoneNodeStore.forgetOthers(connection);
    return left.size();
  }

  private List<Event.Durable> end(Connection connection, List<PresenceChange> left, Instant now)
      throws SQLException {
    if (!left.isEmpty()) {
      try (Statement plans = connection.createStatement()) {
        plans.execute(BY_KEYS);
      }
      PresenceWrites.end(connection, left);
    }
    return events.append(
        connection,
        left.stream()
            .map(c -> new EventStore.New(now, c.deviceKey, c.state.text, c.epoch, c.cause))
            .toList());
  }

  /** How many sessions were ended at a time, and the events that tell of it. */
  public record Slice(int sessions, List<Event.Durable> events) {}

  /** What else is done in the transaction that ends sessions, by device and epoch. */
  @FunctionalInterface
  public interface Beside {
    void ended(Connection connection, Map<Integer, Long> epochs) throws SQLException;
  }

  /**
   * Whose sessions are to be ended.
   *
   * @param cause in a sentence about the node
   * @param lost only while this run of the node is lost; null: the node's own, which begins anew
   * @param alive when that run of it was last known to be alive; null: as its row says
   */
  public record Left(
      String node, String cause, NodeStore.@Nullable Run lost, @Nullable Instant alive) {}

  /**
   * Marks some devices offline whose sessions a node among several has left open; the sessions are
   * empty once there are none.
   *
   * @param beside done in the same transaction
   */
  public Slice endSessionsOf(Left of, Instant now, Beside beside) {
    return database.transactionInTurn(
        connection -> {
          Instant alive = of.alive;
          if (of.lost != null) {
            Optional<Instant> renewed = NodeStore.renewedBeforeLost(connection, of.lost);
            if (renewed.isEmpty()) {
              return new Slice(0, List.of());
            }
            alive = renewed.get();
          }
          List<PresenceChange> left = new ArrayList<>();
          try (PreparedStatement mark = connection.prepareStatement(MARK_OF_NODE)) {
            mark.setObject(1, utc(now));
            mark.setInt(2, ABNORMAL);
            mark.setString(3, of.cause);
            mark.setString(4, of.node);
            mark.setInt(5, SLICE);
            // Without: least() would take the other, so the beginning of time.
            mark.setObject(6, utc(alive == null ? Instant.EPOCH : alive));
            read(mark, of.cause, left);
          }
          List<Event.Durable> told = end(connection, left, now);
          if (!left.isEmpty()) {
            Map<Integer, Long> epochs = new LinkedHashMap<>();
            left.forEach(c -> epochs.put(c.deviceKey, c.epoch));
            beside.ended(connection, epochs);
          }
          return new Slice(left.size(), told);
        });
  }

  private static List<PresenceChange> mark(Connection connection, Instant now) throws SQLException {
    List<PresenceChange> left = new ArrayList<>();
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      mark.setObject(1, utc(now));
      mark.setInt(2, ABNORMAL);
      mark.setString(3, RESTARTED);
      read(mark, RESTARTED, left);
    }
    return left;
  }

  private static void read(PreparedStatement mark, String cause, List<PresenceChange> left)
      throws SQLException {
    try (ResultSet row = mark.executeQuery()) {
      while (row.next()) {
        Instant ended = row.getObject("ended", OffsetDateTime.class).toInstant();
        left.add(
            PresenceChange.closed(row.getInt(1), row.getLong(2), ended, ended, ABNORMAL, cause));
      }
    }
  }

  private static OffsetDateTime utc(Instant at) {
    return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
  }
}
