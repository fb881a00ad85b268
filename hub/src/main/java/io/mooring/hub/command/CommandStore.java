package io.mooring.hub.command;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads the table {@code command}. */
final class CommandStore {
  static final String PRUNE =
      """
      DELETE FROM command WHERE id = ANY (ARRAY(
        SELECT id FROM command WHERE state NOT IN ('queued', 'sent', 'received') AND changed_at < ?
        ORDER BY changed_at LIMIT %d))
      """
          .formatted(Pruner.SLICE);

  static final String COLUMNS =
      "id, ordinal, device_key, name, content_type, payload, state, attempts, epoch, created_at, changed_at,"
          + " expires_at, result_content_type, result_payload, result_message, result_retryable,"
          + " progress_percent, progress_message, progress_at, retry_of, job_id";

  static final String OPEN = " state IN ('queued', 'sent', 'received') ";

  /** What deleted devices have left goes a little later than they do. As an array: no join. */
  static final String SHOWN = "device_key <> ALL (ARRAY(SELECT key FROM deleted_device))";

  /** The condition of an index that nothing else is to use, so nothing else is said like this. */
  static final String OVERDUE =
      "SELECT "
          + COLUMNS
          + " FROM command WHERE expires_at <= ?::timestamptz AND CASE WHEN"
          + OPEN
          + "THEN true END ORDER BY expires_at LIMIT ?";

  /**
   * The same where hubs share the database: not those of devices whose sessions other nodes hold,
   * which alone know what they have sent. Those of devices that are away are left for two seconds
   * to a node whose clock is behind, as it may be about to send them.
   */
  static final String OVERDUE_HERE =
      OVERDUE.replace(
          " ORDER BY",
          " AND CASE WHEN EXISTS (SELECT FROM presence p WHERE p.device_key = command.device_key"
              + " AND p.state <> 'offline')"
              + " THEN EXISTS (SELECT FROM presence p WHERE p.device_key = command.device_key AND p.node = ?)"
              + " ELSE expires_at <= ?::timestamptz - interval '2 seconds' END ORDER BY");

  private static final String OWNERS =
      "SELECT device_key, node FROM presence WHERE device_key = ANY (?) AND state <> 'offline'";

  private static final String ENDED =
      "SELECT id FROM command WHERE id = ANY (?) AND state NOT IN ('queued', 'sent', 'received')";

  private static final String COUNT =
      "SELECT count(*)::int FROM command WHERE device_key = ? AND" + OPEN;

  private static final String OPEN_BY_DEVICE =
      "SELECT device_key, count(*)::int FROM command WHERE%sAND %s GROUP BY device_key"
          .formatted(OPEN, SHOWN);

  /** The length of a payload is known without reading it where it is large. */
  static final String NEXT =
      """
      SELECT %s FROM (
        SELECT *, sum(octet_length(payload)) OVER (ORDER BY ordinal) - octet_length(payload) AS before FROM (
          SELECT * FROM command WHERE device_key = ? AND ordinal > ? AND %s ORDER BY ordinal LIMIT ?) AS next) AS page
      WHERE before < ? ORDER BY ordinal
      """
          .formatted(COLUMNS, OPEN);

  private final Database database;

  CommandStore(Database database) {
    this.database = database;
  }

  Optional<Command> find(UUID id) {
    return Optional.ofNullable(database.query(c -> find(c, List.of(id))).get(id));
  }

  /**
   * The device's unfinished commands after an ordinal, in order.
   *
   * @param bytes of payload, after which no further command is read
   */
  List<Command> open(int deviceKey, long after, int limit, int bytes) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(NEXT)) {
            select.setInt(1, deviceKey);
            select.setLong(2, after);
            select.setInt(3, limit);
            select.setInt(4, bytes);
            return readAll(select);
          }
        });
  }

  /** Which of these requests' idempotency keys their callers have used. */
  Set<Command.Request> taken(List<Command.Request> requests) {
    return database.query(
        connection -> {
          SqlArrays<Command.Request> rows = new SqlArrays<>(connection, requests);
          Set<Command.Request> taken = Collections.newSetFromMap(new IdentityHashMap<>());
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT u.n FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS u(caller, key, n)"
                      + " JOIN command c ON c.caller = u.caller AND c.idempotency_key = u.key")) {
            select.setArray(1, rows.texts(Command.Request::caller));
            select.setArray(2, rows.texts(Command.Request::idempotencyKey));
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                taken.add(requests.get((int) row.getLong(1) - 1));
              }
            }
          }
          return taken;
        });
  }

  /** Unfinished commands whose time is up. */
  List<Command> overdue(Instant now, int limit) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(OVERDUE)) {
            select.setString(1, now.toString());
            select.setInt(2, limit);
            return readAll(select);
          }
        });
  }

  /** The same, but of those that are this node's to end. */
  List<Command> overdueHere(Instant now, int limit, String node) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(OVERDUE_HERE)) {
            select.setString(1, now.toString());
            select.setString(2, node);
            select.setString(3, now.toString());
            select.setInt(4, limit);
            return readAll(select);
          }
        });
  }

  /** The nodes that hold the live sessions of these devices; of one without a session nothing. */
  Map<Integer, String> owners(Set<Integer> deviceKeys) {
    return database.query(
        connection -> {
          Map<Integer, String> owners = new HashMap<>();
          try (PreparedStatement select = connection.prepareStatement(OWNERS)) {
            select.setArray(1, connection.createArrayOf("int", deviceKeys.toArray()));
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                owners.put(row.getInt(1), row.getString(2));
              }
            }
          }
          return owners;
        });
  }

  /** Those of these ids that there are. */
  static Map<UUID, Command> find(Connection connection, List<UUID> ids) throws SQLException {
    Map<UUID, Command> found = HashMap.newHashMap(ids.size());
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM command WHERE id = ANY (?)")) {
      select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      readAll(select).forEach(command -> found.put(command.id(), command));
    }
    return found;
  }

  /** Which of these commands have ended. */
  List<UUID> ended(List<UUID> ids) {
    return database.query(
        connection -> {
          List<UUID> ended = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(ENDED)) {
            select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                ended.add(row.getObject(1, UUID.class));
              }
            }
          }
          return ended;
        });
  }

  /** How many unfinished commands a device has. */
  int countOpen(int deviceKey) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(COUNT)) {
            select.setInt(1, deviceKey);
            try (ResultSet row = select.executeQuery()) {
              row.next();
              return row.getInt(1);
            }
          }
        });
  }

  /** How many unfinished commands there are. */
  long countOpen() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT count(*) FROM command WHERE" + OPEN);
              ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  /** How many unfinished commands each device has; of a deleted one they are about to go. */
  Map<Integer, Integer> openByDevice() {
    return database.query(
        connection -> {
          Map<Integer, Integer> counts = new HashMap<>();
          try (PreparedStatement select = connection.prepareStatement(OPEN_BY_DEVICE);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              counts.put(row.getInt(1), row.getInt(2));
            }
          }
          return counts;
        });
  }

  static List<Command> readAll(PreparedStatement select) throws SQLException {
    List<Command> commands = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        commands.add(read(row));
      }
    }
    return commands;
  }

  /** A row of {@link #COLUMNS}. */
  static Command read(ResultSet row) throws SQLException {
    CommandState state = CommandState.of(row.getString("state"));
    String resultType = row.getString("result_content_type");
    String message = row.getString("result_message");
    byte[] payload = row.getBytes("result_payload");
    Command.Answer answer =
        resultType == null
            ? null
            : new Command.Answer(
                resultType,
                payload == null ? new byte[0] : payload,
                message == null ? "" : message,
                row.getObject("result_retryable", Boolean.class));
    Timestamp progressAt = row.getTimestamp("progress_at");
    Command.Progress progress =
        progressAt == null
            ? null
            : new Command.Progress(
                row.getInt("progress_percent"),
                row.getString("progress_message"),
                progressAt.toInstant());
    return new Command(
        row.getObject("id", UUID.class),
        row.getLong("ordinal"),
        row.getInt("device_key"),
        row.getString("name"),
        row.getString("content_type"),
        row.getBytes("payload"),
        state,
        row.getInt("attempts"),
        row.getObject("epoch", Long.class),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("changed_at").toInstant(),
        row.getTimestamp("expires_at").toInstant(),
        answer,
        progress,
        row.getObject("retry_of", UUID.class),
        row.getObject("job_id", UUID.class));
  }
}
