package io.mooring.hub.command;

import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.command.CommandAccept.Entry;
import io.mooring.hub.command.CommandAccept.Place;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Inserts commands: few with their events in one round trip, which is what a lone caller waits for;
 * many new ones without asking of each whether it is there. Safe to repeat but for the latter.
 */
final class CommandInsertWrites {
  private static final String ARRAYS =
      "unnest(?::uuid[], ?::int[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[], ?::timestamptz[], ?::text[],"
          + " ?::bytea[], ?::uuid[], %s) WITH ORDINALITY AS u(id, device_key, name, content_type, payload, at,"
          + " expires_at, caller, digest, retry_of, %s, n)";

  private static final String INSERT =
      """
      INSERT INTO command (id, device_key, name, content_type, payload, state, created_at, changed_at, expires_at,
                           caller, request_digest, retry_of, %1$s)
      SELECT u.id, u.device_key, u.name, u.content_type, u.payload, 'queued', u.at, u.at, u.expires_at,
             u.caller, u.digest, u.retry_of, %1$s
      """;

  /** That of a deleted device is left out, and so is what is there already. */
  private static final String EACH =
      """
      WHERE EXISTS (SELECT FROM device d WHERE d.key = u.device_key OFFSET 0)
      ORDER BY u.n
      ON CONFLICT DO NOTHING
      RETURNING id, ordinal
      """;

  private static final String ANY =
      INSERT.formatted("idempotency_key, job_id")
          + "FROM "
          + ARRAYS.formatted("?::text[], ?::uuid[]", "idempotency_key, job_id")
          + "\n"
          + EACH;

  /** What is there already has its event and its entry of the audit log, too. */
  private static final String FEW =
      "WITH u AS MATERIALIZED (SELECT * FROM %s), accepted AS (%s FROM u %s), "
              .formatted(
                  ARRAYS.formatted(
                      "?::text[], ?::text[]" + ", ?::text[]".repeat(8),
                      "idempotency_key, cause, kind, actor, actor_name, address, action, target, before, after"),
                  INSERT.formatted("idempotency_key"),
                  EACH)
          + """
          marked AS (UPDATE writer_mark SET mark = ?
                     WHERE ?::uuid IS NOT NULL AND writer = current_setting('application_name')),
          audited AS (
            INSERT INTO audit (at, actor_kind, actor_id, actor_name, address, action, target, before, after)
            SELECT u.at, u.kind, u.actor, u.actor_name, u.address, u.action,
                   'devices/' || (SELECT d.id FROM device d WHERE d.key = u.device_key) || '/' || u.target,
                   u.before::jsonb, u.after::jsonb
            FROM u JOIN accepted a ON a.id = u.id
            WHERE u.kind IS NOT NULL
            ORDER BY u.n),
          appended AS (
            INSERT INTO event (at, device_key, type, state, node, command_id, cause)
            SELECT u.at, u.device_key, 'command', 'queued', ?, u.id, u.cause
            FROM u JOIN accepted a ON a.id = u.id
            ORDER BY u.n
            RETURNING id, command_id, device_key)
          SELECT a.id, a.ordinal, e.id, (SELECT d.id FROM device d WHERE d.key = e.device_key) AS device /* place */
          FROM accepted a JOIN appended e ON e.command_id = a.id
          ORDER BY e.id
          """;

  /** What this very statement inserts is not seen by it, so of each device the last one before. */
  static final String FEW_SHARED =
      FEW.replace(
          "/* place */",
          """
          ,
            (SELECT p.node FROM presence p WHERE p.device_key = e.device_key AND p.state <> 'offline') AS node,
            (SELECT max(c.ordinal) FROM command c WHERE c.device_key = e.device_key AND c.state IN ('queued', 'sent', 'received')) AS before
          """);

  private static final String NEW =
      INSERT.formatted("job_id")
          + "FROM "
          + ARRAYS.formatted("?::uuid[]", "job_id")
          + " ORDER BY u.n RETURNING ordinal";

  private static final String GIVE_UP_KEYS =
      """
      DELETE FROM command WHERE id = ANY (ARRAY(
        SELECT there.id FROM unnest(?::text[], ?::text[]) AS u(caller, key)
        CROSS JOIN LATERAL (
          SELECT id, device_key FROM command WHERE caller = u.caller AND idempotency_key = u.key OFFSET 0) there
        WHERE NOT EXISTS (SELECT FROM device d WHERE d.key = there.device_key OFFSET 0)))
      """;

  private static final String DEVICES = "SELECT key FROM device WHERE key = ANY (?)";

  private CommandInsertWrites() {}

  /** Returns the ordinals of those that were inserted. */
  static Map<UUID, Long> insert(Connection connection, List<Entry> entries) throws SQLException {
    Map<UUID, Long> ordinals = HashMap.newHashMap(entries.size());
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    try (PreparedStatement insert = connection.prepareStatement(ANY)) {
      set(insert, rows);
      insert.setArray(11, rows.texts(a -> a.request.idempotencyKey()));
      insert.setArray(12, rows.uuids(a -> a.request.job()));
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          ordinals.put(row.getObject(1, UUID.class), row.getLong(2));
        }
      }
    }
    return ordinals;
  }

  /**
   * The same for some that no job releases, and their events.
   *
   * @param shared whether to find the places of those that were inserted
   * @param events of the entries, in their order
   * @param changes for the audit log, likewise; a null: none
   * @param mark to be left; null: none
   * @param appended gets the events of those that were inserted
   */
  static Map<UUID, Long> insertFew(
      Connection connection,
      String node,
      boolean shared,
      List<Entry> entries,
      List<EventStore.New> events,
      List<@Nullable Change> changes,
      @Nullable UUID mark,
      List<Event.Durable> appended)
      throws SQLException {
    Map<UUID, Long> ordinals = new HashMap<>();
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    try (PreparedStatement insert = connection.prepareStatement(shared ? FEW_SHARED : FEW)) {
      set(insert, rows);
      insert.setArray(11, rows.texts(a -> a.request.idempotencyKey()));
      insert.setArray(12, new SqlArrays<>(connection, events).texts(EventStore.New::cause));
      AuditStore.set(insert, 13, connection, changes);
      insert.setObject(21, mark);
      insert.setObject(22, mark);
      insert.setString(23, node);
      try (ResultSet row = insert.executeQuery()) {
        int next = 0;
        while (row.next()) {
          UUID id = row.getObject(1, UUID.class);
          ordinals.put(id, row.getLong(2));
          while (!entries.get(next).id.equals(id)) {
            next++;
          }
          if (shared) {
            entries.get(next).place = new Place(row.getString("node"), row.getLong("before"));
          }
          String device = row.getString(4);
          if (device != null) {
            appended.add(events.get(next).appended(row.getLong(3), device));
          }
        }
      }
    }
    return ordinals;
  }

  /**
   * Deletes commands that hold the idempotency keys of these and whose devices were deleted, as all
   * of these devices' will be. Returns how many there were.
   */
  static int giveUpKeys(Connection connection, List<Entry> entries) throws SQLException {
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    try (PreparedStatement delete = connection.prepareStatement(GIVE_UP_KEYS)) {
      delete.setArray(1, rows.texts(a -> a.request.caller()));
      delete.setArray(2, rows.texts(a -> a.request.idempotencyKey()));
      return delete.executeUpdate();
    }
  }

  /** The same for some of which none can be there, whose devices are looked up once for all. */
  static Map<UUID, Long> insertNew(Connection connection, List<Entry> entries) throws SQLException {
    List<Entry> rest = withDevices(connection, entries);
    Map<UUID, Long> ordinals = HashMap.newHashMap(rest.size());
    SqlArrays<Entry> rows = new SqlArrays<>(connection, rest);
    try (PreparedStatement insert = connection.prepareStatement(NEW)) {
      set(insert, rows);
      insert.setArray(11, rows.uuids(a -> a.request.job()));
      try (ResultSet row = insert.executeQuery()) {
        for (Entry entry : rest) {
          row.next();
          ordinals.put(entry.id, row.getLong(1));
        }
      }
    }
    return ordinals;
  }

  private static List<Entry> withDevices(Connection connection, List<Entry> entries)
      throws SQLException {
    Set<Integer> keys = new HashSet<>();
    entries.forEach(entry -> keys.add(entry.request.deviceKey()));
    Set<Integer> devices = HashSet.newHashSet(keys.size());
    try (PreparedStatement select = connection.prepareStatement(DEVICES)) {
      select.setArray(1, connection.createArrayOf("int4", keys.toArray(Integer[]::new)));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          devices.add(row.getInt(1));
        }
      }
    }
    return devices.size() == keys.size()
        ? entries
        : entries.stream().filter(e -> devices.contains(e.request.deviceKey())).toList();
  }

  private static void set(PreparedStatement insert, SqlArrays<Entry> rows) throws SQLException {
    insert.setArray(1, rows.uuids(a -> a.id));
    insert.setArray(2, rows.ints(a -> a.request.deviceKey()));
    insert.setArray(3, rows.texts(a -> a.request.name()));
    insert.setArray(4, rows.texts(a -> a.request.contentType()));
    insert.setArray(5, rows.bytes(a -> a.request.payload()));
    insert.setArray(6, rows.times(a -> a.at));
    insert.setArray(7, rows.times(a -> a.request.expiresAt()));
    insert.setArray(8, rows.texts(a -> a.request.caller()));
    insert.setArray(9, rows.bytes(a -> a.digest));
    insert.setArray(10, rows.uuids(a -> a.request.retryOf()));
  }
}
