package io.mooring.hub.db;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Tells by one query whether a database has exactly this hub's schema steps. Flyway needs a quarter
 * second of each start to find out the same; whatever is not exactly as it should be is left to it.
 */
final class SchemaHistory {
  /** Where the steps lie on the class path. */
  static final String FOLDER = "db/migration";

  /** Flyway's table. */
  static final String TABLE = "schema_history";

  private SchemaHistory() {}

  /**
   * Whether every step of this hub has been applied with success and as it is here, and no other.
   */
  static boolean isCurrent(Database database) {
    try {
      Map<String, Integer> known = new HashMap<>();
      for (String script : scripts()) {
        known.put(script, checksum(script));
      }
      return !known.isEmpty() && known.equals(database.query(SchemaHistory::applied));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether no step was ever applied. */
  static boolean isEmpty(Database database) {
    return database.query(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT to_regclass('" + TABLE + "')")) {
            return !row.next() || row.getString(1) == null;
          }
        });
  }

  /** Checksums by script; none: there is no history, or a step of it failed. */
  private static Map<String, Integer> applied(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT to_regclass('" + TABLE + "')")) {
        if (!row.next() || row.getString(1) == null) {
          return Map.of();
        }
      }
      Map<String, Integer> applied = new HashMap<>();
      try (ResultSet row =
          statement.executeQuery("SELECT script, checksum, success FROM " + TABLE)) {
        while (row.next()) {
          if (!row.getBoolean("success")) {
            return Map.of();
          }
          applied.put(row.getString("script"), row.getInt("checksum"));
        }
      }
      return applied;
    }
  }

  /** The names of this hub's steps. */
  private static List<String> scripts() throws IOException {
    URL folder = SchemaHistory.class.getResource("/" + FOLDER);
    if (folder == null) {
      throw new IOException("no schema steps on the class path");
    }
    if (folder.openConnection() instanceof JarURLConnection jar) {
      String within = FOLDER + "/";
      return sql(
          jar.getJarFile().stream()
              .map(entry -> entry.getName())
              .filter(name -> name.startsWith(within))
              .map(name -> name.substring(within.length())));
    }
    try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
      return sql(files.map(file -> file.getFileName().toString()));
    }
  }

  private static List<String> sql(Stream<String> names) {
    return names.filter(name -> name.endsWith(".sql")).toList();
  }

  /** As Flyway makes it: CRC-32 over the lines without their ends. */
  private static int checksum(String script) throws IOException {
    URL url = SchemaHistory.class.getResource("/" + FOLDER + "/" + script);
    if (url == null) {
      throw new IOException(script + " is gone");
    }
    CRC32 sum = new CRC32();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        sum.update(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return (int) sum.getValue();
  }
}
