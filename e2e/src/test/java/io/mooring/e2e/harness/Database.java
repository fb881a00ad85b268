package io.mooring.e2e.harness;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The database of one scenario, looked at without the hub. */
public record Database(String url, String user, String password) {

  /** The hub's settings for it. */
  Map<String, String> settings() {
    return Map.of(
        "MOORING_DATABASE_URL", url,
        "MOORING_DATABASE_USER", user,
        "MOORING_DATABASE_PASSWORD", password);
  }

  /** Its port. */
  int port() {
    return Integer.parseInt(url.replaceFirst(".*:(\\d+)/.*", "$1"));
  }

  /** The same, reached by another port. */
  Database at(int port) {
    return new Database(url.replaceFirst(":\\d+/", ":" + port + "/"), user, password);
  }

  /** Runs statements that return nothing. */
  public void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a statement on a connection of its own that stays open, with its locks, until it ends. */
  public Stage.Kept hold(String sql) {
    try {
      Connection connection = DriverManager.getConnection(url, user, password);
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
      return () -> end(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of each row as text. */
  public List<String> column(String sql, Object... parameters) {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<String> column = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          column.add(String.valueOf(rows.getString(1)));
        }
      }
      return column;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each row as a JSON object. */
  public List<JsonNode> rows(String sql) {
    return column("SELECT row_to_json(r)::text FROM (" + sql + ") r").stream()
        .map(JsonMapper.shared()::readTree)
        .toList();
  }

  /**
   * Every value of the whole-number metric {@code n} that is stored, in order, as often as it is.
   */
  public List<Long> numbers(String device) {
    return column(
            "SELECT integer FROM reading WHERE device_id = ? AND metric = 'n' ORDER BY integer",
            device)
        .stream()
        .map(Long::valueOf)
        .toList();
  }
}
