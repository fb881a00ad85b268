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

  /** The layout, stored if it is new. Blocks on the database. */
  public Layout intern(List<Inbound.Metric> metrics) {
    Layout known = cache.get(metrics);
    if (known != null) {
      return known;
    }
    Layout layout = Layout.of(store(metrics), metrics);
    if (cache.size() >= CACHED) {
      cache.clear();
    }
    cache.put(layout.metrics(), layout);
    return layout;
  }

  private int store(List<Inbound.Metric> metrics) {
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
            // Empty only when another transaction is adding the same layout right now: then it is
            // there next time.
            while (true) {
              try (ResultSet row = intern.executeQuery()) {
                if (row.next()) {
                  return row.getInt(1);
                }
              }
            }
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
