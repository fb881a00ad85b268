package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.GroupedLookup;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code device}, read together with {@code presence}. */
public final class DeviceStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TAGS = new TypeReference<>() {};

  private static final String SELECT =
      """
      SELECT d.key, d.id, d.name, d.tags, d.enabled, d.created_at, d.updated_at,
             p.epoch, p.state, p.since, p.last_seen_at, p.node, p.address, p.agent, p.close_code, p.close_reason,
             p.dropped_readings
      FROM device d LEFT JOIN presence p ON p.device_key = d.key
      """;

  /** How long a row counts as true where that is enough. */
  static final Duration STALENESS = Duration.ofMillis(500);

  private static final int REMEMBERED = 10_000;

  private record Recent(KnownDevice device, Instant readAt) {}

  private final Database database;

  /** Each request for a device asks for it: those of many callers share a query. */
  private final GroupedLookup<String, KnownDevice> byId;

  /** Read a moment ago, by their ids. */
  private final Map<String, Recent> recent = new ConcurrentHashMap<>();

  public DeviceStore(Database database) {
    this.database = database;
    this.byId = new GroupedLookup<>(database, DeviceStore::byIds);
  }

  /** Registers a device; empty when the id is taken. */
  public Optional<Device> create(
      String id, String name, Map<String, String> tags, Actor by, Instant now) {
    return create(id, name, tags, null, by, now);
  }

  /** The same, for a request that may come again. */
  public Optional<Device> create(
      String id,
      String name,
      Map<String, String> tags,
      @Nullable Once once,
      Actor by,
      Instant now) {
    return database.transaction(
        connection -> {
          Once.claim(once, connection, "devices/" + id, now);
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO device (id, name, tags, created_at, updated_at)"
                      + " VALUES (?, ?, ?::jsonb, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING *")) {
            insert.setString(1, id);
            insert.setString(2, name);
            insert.setString(3, JSON.writeValueAsString(tags));
            insert.setObject(4, Timestamps.of(now));
            insert.setObject(5, Timestamps.of(now));
            try (ResultSet row = insert.executeQuery()) {
              if (!row.next()) {
                Once.release(once, connection);
                return Optional.empty();
              }
              AuditStore.append(
                  connection,
                  Change.of(by, now, "device.create", "devices/" + id)
                      .after("name", name)
                      .after("tags", tags));
              return Optional.of(device(row));
            }
          }
        });
  }

  /** Blocks. */
  public Optional<KnownDevice> find(String id) {
    try {
      return byId.find(id).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof DatabaseException failure ? failure : e;
    }
  }

  /**
   * The device as it was at most {@link #STALENESS} ago, for those who ask often and find out by
   * themselves if it has been deleted since. Blocks.
   */
  public Optional<KnownDevice> findRecent(String id, Instant now) {
    Recent known = recent.get(id);
    if (known != null
        && !now.isBefore(known.readAt())
        && now.isBefore(known.readAt().plus(STALENESS))) {
      return Optional.of(known.device());
    }
    Optional<KnownDevice> found = find(id);
    if (found.isEmpty()) {
      recent.remove(id);
      return found;
    }
    if (recent.size() >= REMEMBERED) {
      recent.clear();
    }
    recent.put(id, new Recent(found.get(), now));
    return found;
  }

  private static Map<String, KnownDevice> byIds(Connection connection, List<String> ids)
      throws SQLException {
    Object array = connection.createArrayOf("text", ids.toArray());
    Map<String, KnownDevice> devices = new HashMap<>();
    select(connection, "WHERE d.id = ANY (?)", List.of(array))
        .forEach(known -> devices.put(known.device().id(), known));
    return devices;
  }

  public Optional<KnownDevice> find(int key) {
    return select("WHERE d.key = ?", List.of(key)).stream().findFirst();
  }

  /** Those of these keys that exist, by their keys. */
  public Map<Integer, KnownDevice> byKeys(Collection<Integer> keys) {
    Map<Integer, KnownDevice> devices = new HashMap<>();
    Object array = keys.toArray(Integer[]::new);
    select("WHERE d.key = ANY (?)", List.of(array))
        .forEach(known -> devices.put(known.device().key(), known));
    return devices;
  }

  /**
   * A page of devices.
   *
   * @param after where the page before ended; null: from the beginning
   */
  public List<KnownDevice> list(
      DeviceFilter filter, DeviceOrder order, DeviceOrder.@Nullable Place after, int limit) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    if (after != null) {
      conditions.add(order.behind());
      values.addAll(DeviceOrder.values(order.by(), after));
    }
    if (filter.text() != null) {
      conditions.add("(d.id ILIKE ? OR d.name ILIKE ?)");
      String pattern = "%" + filter.text().replaceAll("([\\\\%_])", "\\\\$1") + "%";
      values.add(pattern);
      values.add(pattern);
    }
    if (filter.state() == PresenceState.NEVER_SEEN) {
      conditions.add("p.device_key IS NULL");
    } else if (filter.state() != null) {
      conditions.add("p.state = ?");
      values.add(filter.state().text());
    }
    if (filter.enabled() != null) {
      conditions.add(filter.enabled() ? "d.enabled" : "NOT d.enabled");
    }
    if (!filter.tags().isEmpty()) {
      conditions.add("d.tags @> ?::jsonb");
      values.add(JSON.writeValueAsString(filter.tags()));
    }
    if (filter.token() != null) {
      conditions.add("d.key = (SELECT device_key FROM device_token WHERE id = ?)");
      values.add(filter.token());
    }
    values.add(limit);
    String where = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
    return select(where + " ORDER BY " + order.orderBy() + " LIMIT ?", values);
  }

  /** The keys of those of these ids that exist. */
  public Map<String, Integer> keysOf(Collection<String> ids) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("SELECT id, key FROM device WHERE id = ANY (?)")) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            Map<String, Integer> keys = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                keys.put(row.getString(1), row.getInt(2));
              }
            }
            return keys;
          }
        });
  }

  /** How many devices are in each state; states without a device are missing. */
  public Map<PresenceState, Integer> counts() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT coalesce(p.state, 'never-seen'), count(*) FROM device d"
                          + " LEFT JOIN presence p ON p.device_key = d.key GROUP BY 1");
              ResultSet row = select.executeQuery()) {
            Map<PresenceState, Integer> counts = new EnumMap<>(PresenceState.class);
            while (row.next()) {
              counts.put(PresenceState.of(row.getString(1)).orElseThrow(), row.getInt(2));
            }
            return counts;
          }
        });
  }

  private List<KnownDevice> select(String rest, List<Object> values) {
    return database.query(connection -> select(connection, rest, values));
  }

  private static List<KnownDevice> select(Connection connection, String rest, List<Object> values)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + rest)) {
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      List<KnownDevice> devices = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          devices.add(new KnownDevice(device(row), connection(row)));
        }
      }
      return devices;
    }
  }

  static Device device(ResultSet row) throws SQLException {
    return new Device(
        row.getInt("key"),
        row.getString("id"),
        row.getString("name"),
        JSON.readValue(row.getString("tags"), TAGS),
        row.getBoolean("enabled"),
        Timestamps.get(row, "created_at"),
        Timestamps.get(row, "updated_at"));
  }

  private static @Nullable LastConnection connection(ResultSet row) throws SQLException {
    String state = row.getString("state");
    if (state == null) {
      return null;
    }
    return new LastConnection(
        row.getLong("epoch"),
        PresenceState.of(state).orElseThrow(),
        Timestamps.get(row, "since"),
        Timestamps.get(row, "last_seen_at"),
        row.getString("node"),
        row.getString("address"),
        row.getString("agent"),
        row.getObject("close_code", Integer.class),
        row.getString("close_reason"),
        row.getLong("dropped_readings"));
  }
}
