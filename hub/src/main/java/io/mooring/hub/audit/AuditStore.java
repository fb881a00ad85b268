package io.mooring.hub.audit;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code audit}. */
public final class AuditStore {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String APPEND =
      """
      INSERT INTO audit (at, actor_kind, actor_id, actor_name, address, action, target, before, after)
      SELECT u.at, u.kind, u.actor, u.name, u.address, u.action, u.target, u.before::jsonb, u.after::jsonb
      FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
        WITH ORDINALITY AS u(at, kind, actor, name, address, action, target, before, after, n)
      ORDER BY u.n
      """;

  /** By the primary key, which begins with the time. */
  private static final String PRUNE =
      """
      DELETE FROM audit WHERE (at, id) IN (SELECT at, id FROM audit WHERE at < ? ORDER BY at, id LIMIT %d)
      """
          .formatted(Pruner.SLICE);

  /** What a caller of the API may have to wait for a search of a long log. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final RangeReads reads;

  public AuditStore(RangeReads reads) {
    this.reads = reads;
  }

  /** Deletes entries that are older than they are kept. */
  public static Pruner pruner(Database database, InstantSource clock, int days) {
    return new Pruner(database, clock, "audit entries", PRUNE, days);
  }

  /** Appends within the transaction of the change. */
  public static void append(Connection connection, Change change) throws SQLException {
    append(connection, List.of(change));
  }

  /** The same for many. */
  public static void append(Connection connection, List<Change> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    SqlArrays<Change> rows = new SqlArrays<>(connection, changes);
    try (PreparedStatement insert = connection.prepareStatement(APPEND)) {
      insert.setArray(1, rows.times(Change::at));
      set(insert, 2, connection, changes);
      insert.executeUpdate();
    }
  }

  /**
   * Sets what a statement that makes changes appends by itself: arrays of kind, actor, name,
   * address, action, target, before and after.
   *
   * @param from the first of the eight parameters
   * @param changes a null: nothing is appended
   */
  public static void set(
      PreparedStatement statement, int from, Connection connection, List<@Nullable Change> changes)
      throws SQLException {
    SqlArrays<@Nullable Change> rows = new SqlArrays<>(connection, changes);
    statement.setArray(from, rows.texts(c -> c == null ? null : c.by().kind().text()));
    statement.setArray(from + 1, rows.texts(c -> c == null ? null : c.by().id()));
    statement.setArray(from + 2, rows.texts(c -> c == null ? null : c.by().name()));
    statement.setArray(from + 3, rows.texts(c -> c == null ? null : c.by().address()));
    statement.setArray(from + 4, rows.texts(c -> c == null ? null : c.action()));
    statement.setArray(from + 5, rows.texts(c -> c == null ? null : c.target()));
    statement.setArray(from + 6, rows.texts(c -> c == null ? null : json(c.before())));
    statement.setArray(from + 7, rows.texts(c -> c == null ? null : json(c.after())));
  }

  private static String json(Map<String, Object> side) {
    return JSON.writeValueAsString(side);
  }

  /**
   * A page of entries, newest first.
   *
   * @param before the last entry of the page before; null: from the newest
   */
  public List<AuditEntry> list(AuditFilter filter, AuditEntry.@Nullable Place before, int limit) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    if (before != null) {
      conditions.add("(at, id) < (?, ?)");
      values.add(Timestamps.of(before.at()));
      values.add(before.id());
    }
    if (filter.from() != null) {
      conditions.add("at >= ?");
      values.add(Timestamps.of(filter.from()));
    }
    if (filter.to() != null) {
      conditions.add("at < ?");
      values.add(Timestamps.of(filter.to()));
    }
    if (filter.who() != null) {
      // Names are looked up first: entries are found by the ids that they belong to.
      conditions.add(
          "actor_id = ANY (ARRAY(SELECT ? UNION SELECT id FROM api_key WHERE name = ?"
              + " UNION SELECT name FROM user_account WHERE lower(name) = lower(?)))");
      values.addAll(List.of(filter.who(), filter.who(), filter.who()));
    }
    below("action", '.', filter.action(), conditions, values);
    below("target", '/', filter.target(), conditions, values);
    values.add(limit);
    String where = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
    return select("SELECT * FROM audit " + where + " ORDER BY at DESC, id DESC LIMIT ?", values);
  }

  /** The column's value is this text, or goes on after it with the mark: a range of an index. */
  private static void below(
      String column,
      char mark,
      @Nullable String text,
      List<String> conditions,
      List<Object> values) {
    if (text != null) {
      conditions.add("(%1$s = ? OR %1$s >= ? AND %1$s < ?)".formatted(column));
      values.addAll(List.of(text, text + mark, text + (char) (mark + 1)));
    }
  }

  private List<AuditEntry> select(String sql, List<Object> values) {
    return reads.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setQueryTimeout((int) TIMEOUT.toSeconds());
            for (int i = 0; i < values.size(); i++) {
              select.setObject(i + 1, values.get(i));
            }
            List<AuditEntry> entries = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                entries.add(entry(row));
              }
            }
            return entries;
          }
        });
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("id"),
        Timestamps.get(row, "at"),
        new Actor(
            Actor.Kind.of(row.getString("actor_kind")),
            row.getString("actor_id"),
            row.getString("actor_name"),
            row.getString("address")),
        row.getString("action"),
        row.getString("target"),
        JSON.readTree(row.getString("before")),
        JSON.readTree(row.getString("after")));
  }
}
