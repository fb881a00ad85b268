package io.mooring.hub.testing;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;

/** Asks a database for single values, and registers devices. */
public final class Sql {
  private final TestDatabase database;

  public Sql(TestDatabase database) {
    this.database = database;
  }

  /** Registers a device {@code id} with one token, {@code t + id}. */
  public int device(String id) {
    database.execute(
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('%s', '%s', now(), now())"
            .formatted(id, id),
        ("INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
                + " SELECT 't%s', key, '', sha256('x'), now(), now() FROM device WHERE id = '%s'")
            .formatted(id, id));
    return (int) number("SELECT key FROM device WHERE id = '" + id + "'");
  }

  public long number(String sql) {
    return Long.parseLong(text(sql));
  }

  public String text(String sql) {
    return database
        .database()
        .query(
            connection -> {
              try (PreparedStatement select = connection.prepareStatement(sql);
                  ResultSet row = select.executeQuery()) {
                return row.next() ? String.valueOf(row.getString(1)) : "(no row)";
              }
            });
  }

  /** The first column of all rows, a line each. */
  public String lines(String sql) {
    return database
        .database()
        .query(
            connection -> {
              StringBuilder lines = new StringBuilder();
              try (PreparedStatement select = connection.prepareStatement(sql);
                  ResultSet row = select.executeQuery()) {
                while (row.next()) {
                  lines.append(row.getString(1)).append('\n');
                }
              }
              return lines.toString();
            });
  }

  /** The first column. */
  public List<Long> numbers(String sql) {
    return lines(sql).lines().map(Long::valueOf).toList();
  }
}
