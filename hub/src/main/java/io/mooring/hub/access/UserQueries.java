package io.mooring.hub.access;

import io.mooring.hub.db.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@code user_account}, as those who read them have in common. */
final class UserQueries {
  static final String COLUMNS =
      "name, role, enabled, created_at, last_sign_in_at, password_expires_at";

  private UserQueries() {}

  static List<User> read(PreparedStatement statement) throws SQLException {
    List<User> users = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        users.add(read(row));
      }
    }
    return users;
  }

  /** A row of {@link #COLUMNS}. */
  static User read(ResultSet row) throws SQLException {
    return new User(
        row.getString("name"),
        Role.of(row.getString("role")),
        row.getBoolean("enabled"),
        Timestamps.get(row, "created_at"),
        Timestamps.getOrNull(row, "last_sign_in_at"),
        Timestamps.getOrNull(row, "password_expires_at"));
  }
}
