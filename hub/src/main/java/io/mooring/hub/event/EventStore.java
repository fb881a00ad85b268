package io.mooring.hub.event;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.Timestamps;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code event}. */
public final class EventStore {
  private static final String APPEND_OF_JOB =
      """
      WITH appended AS (
        INSERT INTO event (at, type, state, node, job_id, cause) VALUES (?, 'job', ?, ?, ?, ?) RETURNING *)
      SELECT a.*, j.title FROM appended a LEFT JOIN job j ON j.id = a.job_id
      """;

  private static final String AFTER =
      """
      SELECT e.*, d.id AS device, (SELECT name FROM command c WHERE c.id = e.command_id) AS command_name,
             (SELECT title FROM job j WHERE j.id = e.job_id) AS title
      FROM event e LEFT JOIN device d ON d.key = e.device_key
      WHERE e.id > ? AND (?::int[] IS NULL OR e.device_key = ANY (?::int[]))
        AND (d.key IS NOT NULL OR e.device_key IS NULL) -- what a deleted device has left
      ORDER BY e.id LIMIT ?
      """;

  /** Ids rise with time, so the oldest are found by them, and only so many are looked at. */
  private static final String PRUNE =
      """
      DELETE FROM event WHERE id = ANY (ARRAY(
        SELECT id FROM (SELECT id, at FROM event ORDER BY id LIMIT %d) oldest WHERE at < ?))
      """
          .formatted(Pruner.SLICE);

  private static final String BEFORE_LAST =
      """
      SELECT coalesce(min(id) - 1, 0) FROM (
        SELECT id FROM event
        WHERE (?::int[] IS NULL OR device_key = ANY (?::int[])) AND type = ANY (?::text[])
          AND (device_key IS NULL OR device_key <> ALL (ARRAY(SELECT key FROM deleted_device)))
        ORDER BY id DESC LIMIT ?) AS newest
      """;

  /** Of the sequence, as the newest events may be pruned; null before the first one. */
  private static final String NEWEST =
      "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('event', 'id')), 0)";

  private final String node;
  private final EventWrites writes;

  public EventStore(String node) {
    this.node = node;
    this.writes = new EventWrites(node);
  }

  /**
   * An event about to be appended.
   *
   * @param command null: a presence event
   * @param name the command's
   */
  public record New(
      Instant at,
      int deviceKey,
      String state,
      @Nullable Long epoch,
      @Nullable UUID command,
      @Nullable String name,
      String cause) {
    public New {
      at = Timestamps.kept(at);
    }

    /** One of presence. */
    public New(Instant at, int deviceKey, String state, @Nullable Long epoch, String cause) {
      this(at, deviceKey, state, epoch, null, null, cause);
    }

    /** The event, once it is in the table. */
    public Event.Durable appended(long id, String device) {
      return command == null
          ? new Event.Presence(id, deviceKey, device, at, state, epoch, cause)
          : new Event.CommandChange(id, deviceKey, device, at, state, epoch, cause, command, name);
    }
  }

  public String node() {
    return node;
  }

  /** Deletes events that are older than they are kept. */
  public static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "events", PRUNE, days);
  }

  /** Appends within the caller's transaction; events of devices deleted meanwhile vanish. */
  public List<Event.Durable> append(Connection connection, List<New> events) throws SQLException {
    return writes.append(connection, events);
  }

  /** Appends an event of a job within the caller's transaction. */
  public Event.Durable appendOfJob(
      Connection connection, Instant at, UUID job, String state, String cause) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(APPEND_OF_JOB)) {
      insert.setObject(1, Timestamps.of(at));
      insert.setString(2, state);
      insert.setString(3, node);
      insert.setObject(4, job);
      insert.setString(5, cause);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return ofJob(row, job);
      }
    }
  }

  /** The oldest {@code limit} events after {@code id}; {@code devices} empty: of all. */
  public List<Event.Durable> after(Connection connection, long id, Set<Integer> devices, int limit)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(AFTER)) {
      Array keys = keys(connection, devices);
      select.setLong(1, id);
      select.setArray(2, keys);
      select.setArray(3, keys);
      select.setInt(4, limit);
      return read(select);
    }
  }

  /** The id after which the newest {@code count} events follow; {@code devices} empty: of all. */
  public long beforeLast(Connection connection, int count, Set<Integer> devices, Set<String> types)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(BEFORE_LAST)) {
      Array keys = keys(connection, devices);
      select.setArray(1, keys);
      select.setArray(2, keys);
      select.setArray(3, connection.createArrayOf("text", types.toArray(String[]::new)));
      select.setInt(4, count);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The highest id given to an event so far, be the event kept or not; 0: none was. */
  public long newest(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NEWEST);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The highest id of the events that are there; 0: there are none. */
  long last(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT coalesce(max(id), 0) FROM event");
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static @Nullable Array keys(Connection connection, Set<Integer> devices)
      throws SQLException {
    return devices.isEmpty()
        ? null
        : connection.createArrayOf("int", devices.toArray(Integer[]::new));
  }

  private static List<Event.Durable> read(PreparedStatement statement) throws SQLException {
    List<Event.Durable> events = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        UUID job = row.getObject("job_id", UUID.class);
        events.add(job == null ? ofDevice(row) : ofJob(row, job));
      }
    }
    return events;
  }

  private static Event.Durable ofDevice(ResultSet row) throws SQLException {
    long id = row.getLong("id");
    int key = row.getInt("device_key");
    String device = row.getString("device");
    Instant at = row.getTimestamp("at").toInstant();
    String state = row.getString("state");
    Long epoch = row.getObject("epoch", Long.class);
    String cause = row.getString("cause");
    UUID command = row.getObject("command_id", UUID.class);
    return command == null
        ? new Event.Presence(id, key, device, at, state, epoch, cause)
        : new Event.CommandChange(
            id, key, device, at, state, epoch, cause, command, row.getString("command_name"));
  }

  private static Event.Durable ofJob(ResultSet row, UUID job) throws SQLException {
    return new Event.JobChange(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        row.getString("state"),
        row.getString("cause"),
        job,
        row.getString("title"));
  }
}
