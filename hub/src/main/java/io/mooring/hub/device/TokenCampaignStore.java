package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What operators ask of the fleet's tokens, and who has got another one. Each device has one entry,
 * of the last time that it was asked for; {@link TokenRotationStore} carries them out.
 */
public final class TokenCampaignStore {
  private static final JsonMapper JSON = new JsonMapper();

  /** How far a device is. */
  public enum State {
    /** It has not been connected since. */
    ASKED,
    /** It is connected, and its software does not take tokens. */
    UNABLE,
    /** It was sent a token and has not said that it has stored it. */
    HANDED_OVER,
    /** It has said so and has not come back with it. */
    STORED,
    DONE;

    /** As it stands in the table and in the API. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<State> of(String text) {
      return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
    }
  }

  /**
   * A device that was asked for.
   *
   * @param changedAt when it came into this state
   * @param handOvers how many tokens it was sent since
   * @param token the id of the last one; null: none
   */
  public record Entry(
      String device,
      State state,
      Instant askedAt,
      Instant changedAt,
      int handOvers,
      @Nullable String token,
      PresenceState presence) {}

  /**
   * Which entries a list holds.
   *
   * @param state null: any; with {@code open} all but those done
   * @param device this one only; null: any
   * @param tags all of these; empty: any
   */
  public record Filter(
      @Nullable State state, boolean open, @Nullable String device, Map<String, String> tags) {}

  /** Devices of one transaction. */
  static final int SLICE = 1_000;

  private static final String ASK =
      """
      INSERT INTO token_rotation (device_key, state, asked_at, changed_at)
      SELECT d.key, 'asked', ?, ? FROM device d WHERE d.key = ANY (?) ORDER BY d.key
      ON CONFLICT (device_key) DO UPDATE
      SET state = 'asked', asked_at = EXCLUDED.asked_at, changed_at = EXCLUDED.changed_at, hand_overs = 0, next_token = NULL
      """;

  private static final Step CANCELLING =
      new Step(
          "rotation.cancel",
          """
          DELETE FROM token_rotation WHERE device_key IN
            (SELECT device_key FROM token_rotation WHERE device_key = ANY (?) AND state <> 'done' ORDER BY device_key FOR UPDATE)
          """,
          List.of());

  /** Of which devices there is something to cancel. */
  private static final String OPEN =
      " AND EXISTS (SELECT FROM token_rotation r WHERE r.device_key = key AND r.state <> 'done')";

  private static final String FROM =
      """
      FROM token_rotation r JOIN device d ON d.key = r.device_key LEFT JOIN presence p ON p.device_key = d.key
      WHERE d.tags @> ?::jsonb
      """;

  private final Database database;

  public TokenCampaignStore(Database database) {
    this.database = database;
  }

  /** Asks for these devices, all of which exist; returns how many they are. */
  public int askDevices(List<String> ids, Actor by, Instant now) {
    return change(asking(now), named("", ids), null, only(ids), by, now);
  }

  /** Asks for all devices that have these tags now; returns how many they are. */
  public int askTagged(Map<String, String> tags, Actor by, Instant now) {
    return change(asking(now), tagged("", tags), tags, null, by, now);
  }

  /**
   * Asks for these devices no longer; returns for how many it was. A token that one has been handed
   * stays valid, and is proven when the device connects with it: it may hold no other.
   */
  public int cancelDevices(List<String> ids, Actor by, Instant now) {
    return change(CANCELLING, named(OPEN, ids), null, only(ids), by, now);
  }

  /** The same for all devices that have these tags now. */
  public int cancelTagged(Map<String, String> tags, Actor by, Instant now) {
    return change(CANCELLING, tagged(OPEN, tags), tags, null, by, now);
  }

  /** What is done to the entries of a slice of devices. */
  private record Step(String action, String sql, List<Object> values) {}

  private static Step asking(Instant now) {
    return new Step("rotation.ask", ASK, List.of(Timestamps.of(now), Timestamps.of(now)));
  }

  private List<Integer> named(String more, List<String> ids) {
    return keys(
        "id = ANY (?)" + more,
        (connection, s) -> s.setArray(1, connection.createArrayOf("text", ids.toArray())));
  }

  private List<Integer> tagged(String more, Map<String, String> tags) {
    String json = JSON.writeValueAsString(tags);
    return keys("tags @> ?::jsonb" + more, (_, select) -> select.setString(1, json));
  }

  private static @Nullable String only(List<String> ids) {
    return ids.size() == 1 ? ids.getFirst() : null;
  }

  /** Sets the parameter of a condition. */
  @FunctionalInterface
  private interface Parameter {
    void set(Connection connection, PreparedStatement select) throws SQLException;
  }

  private List<Integer> keys(String which, Parameter parameter) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT key FROM device WHERE " + which + " ORDER BY key")) {
            parameter.set(connection, select);
            List<Integer> keys = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                keys.add(row.getInt(1));
              }
            }
            return keys;
          }
        });
  }

  /**
   * In slices, as devices that come back meanwhile wait for the rows of one: the entry in the audit
   * log goes with the first. Doing again what was cut off is safe.
   *
   * @param keys for which it changes something
   * @param tags by which they were found, none for all devices; null: by their ids
   */
  private int change(
      Step step,
      List<Integer> keys,
      @Nullable Map<String, String> tags,
      @Nullable String device,
      Actor by,
      Instant now) {
    boolean all = tags != null && tags.isEmpty();
    Change change =
        Change.of(by, now, step.action(), "rotations")
            .after("devices", keys.size())
            .after("all", all ? true : null)
            .after("tags", all ? null : tags)
            .after("device", device);
    int changed = 0;
    for (int from = 0; from == 0 || from < keys.size(); from += SLICE) {
      List<Integer> slice = keys.subList(from, Math.min(from + SLICE, keys.size()));
      boolean first = from == 0;
      changed +=
          database.transaction(
              connection -> {
                if (first) {
                  AuditStore.append(connection, change);
                }
                try (PreparedStatement update = connection.prepareStatement(step.sql())) {
                  int at = 1;
                  for (Object value : step.values()) {
                    update.setObject(at++, value);
                  }
                  update.setArray(at, connection.createArrayOf("int4", slice.toArray()));
                  return update.executeUpdate();
                }
              });
    }
    return changed;
  }

  /**
   * A page of entries in the order of the devices' ids.
   *
   * @param after id of the last device of the page before; null: from the beginning
   */
  public List<Entry> list(Filter filter, @Nullable String after, int limit) {
    State state = filter.state();
    String more =
        (state == null ? "" : " AND r.state = '" + state.text() + "'")
            + (filter.open() ? " AND r.state <> 'done'" : "")
            + (filter.device() == null ? "" : " AND d.id = ?")
            + (after == null ? "" : " AND d.id > ?");
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT d.id, r.state, r.asked_at, r.changed_at, r.hand_overs, r.next_token,"
                      + " coalesce(p.state, 'never-seen') AS presence "
                      + FROM
                      + more
                      + " ORDER BY d.id LIMIT ?")) {
            int at = 1;
            select.setString(at++, JSON.writeValueAsString(filter.tags()));
            if (filter.device() != null) {
              select.setString(at++, filter.device());
            }
            if (after != null) {
              select.setString(at++, after);
            }
            select.setInt(at, limit);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                entries.add(entry(row));
              }
            }
            return entries;
          }
        });
  }

  /** How many devices with these tags are in each state, zeros too. */
  public Map<State, Integer> counts(Map<String, String> tags) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT r.state, count(*) " + FROM + " GROUP BY r.state")) {
            select.setString(1, JSON.writeValueAsString(tags));
            Map<State, Integer> counts = new EnumMap<>(State.class);
            for (State state : State.values()) {
              counts.put(state, 0);
            }
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                counts.put(State.of(row.getString(1)).orElseThrow(), row.getInt(2));
              }
            }
            return counts;
          }
        });
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getString("id"),
        State.of(row.getString("state")).orElseThrow(),
        Timestamps.get(row, "asked_at"),
        Timestamps.get(row, "changed_at"),
        row.getInt("hand_overs"),
        row.getString("next_token"),
        PresenceState.of(row.getString("presence")).orElseThrow());
  }
}
