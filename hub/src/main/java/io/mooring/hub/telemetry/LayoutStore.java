package io.mooring.hub.telemetry;

import io.mooring.hub.db.Database;
import io.mooring.hub.wire.Inbound;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code layout}: equal layouts of all devices meet in one row. Safe for all threads. */
public final class LayoutStore {
  /** Layouts kept in memory; a fleet has a few per device model. */
  private static final int CACHED = 10_000;

  private static final String INTERN =
      """
      WITH known AS (SELECT id FROM layout WHERE digest = ?),
      added AS (
        INSERT INTO layout (digest, metrics, types)
        SELECT ?, ?, ? WHERE NOT EXISTS (SELECT FROM known)
          AND (SELECT count(*) FROM device_layout WHERE device_key = ?) < ?
        ON CONFLICT (digest) DO NOTHING RETURNING id)
      SELECT id FROM known UNION ALL SELECT id FROM added
      """;

  private final Database database;
  private final Map<List<Inbound.Metric>, Layout> cache = new ConcurrentHashMap<>();

  public LayoutStore(Database database) {
    this.database = database;
  }

  /** The layout if it is in memory. */
  public @Nullable Layout cached(List<Inbound.Metric> metrics) {
    return cache.get(metrics);
  }

  /**
   * The layout, stored if it is new. Blocks on the database.
   *
   * @param most how many layouts the device may have when it brings a new one
   * @return null when it has as many
   */
  public @Nullable Layout intern(List<Inbound.Metric> metrics, int deviceKey, int most) {
    Layout known = cache.get(metrics);
    if (known != null) {
      return known;
    }
    Optional<Integer> id = store(metrics, deviceKey, most);
    if (id.isEmpty()) {
      return null;
    }
    Layout layout = Layout.of(id.get(), metrics);
    if (cache.size() >= CACHED) {
      cache.clear();
    }
    cache.put(layout.metrics(), layout);
    return layout;
  }

  private Optional<Integer> store(List<Inbound.Metric> metrics, int deviceKey, int most) {
    byte[] digest = digest(metrics);
    return database.query(
        connection -> {
          try (PreparedStatement intern = connection.prepareStatement(INTERN)) {
            intern.setBytes(1, digest);
            intern.setBytes(2, digest);
            Object[] names = metrics.stream().map(Inbound.Metric::name).toArray();
            Object[] types = metrics.stream().map(m -> m.type().text()).toArray();
            intern.setArray(3, connection.createArrayOf("text", names));
            intern.setArray(4, connection.createArrayOf("text", types));
            intern.setInt(5, deviceKey);
            intern.setInt(6, most);
            // Also empty when another transaction is adding the same layout right now: then it is
            // there next time.
            for (int tries = 0; tries < 2; tries++) {
              try (ResultSet row = intern.executeQuery()) {
                if (row.next()) {
                  return Optional.of(row.getInt(1));
                }
              }
            }
            return Optional.empty();
          }
        });
  }

  private static byte[] digest(List<Inbound.Metric> metrics) {
    String canonical =
        metrics.stream()
            .map(m -> m.name() + " " + m.type().text())
            .collect(Collectors.joining("\n"));
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(canonical.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
