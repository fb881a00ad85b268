package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.GroupedLookup;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Certificates bound to devices: added, listed, removed, and found when one is shown. */
public final class DeviceCertificates {
  /** Whose a certificate is. */
  public record Bound(int deviceKey, String deviceId, boolean enabled) {}

  private static final String ADD =
      """
      INSERT INTO device_certificate (fingerprint, device_key, name, created_at)
      VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
      RETURNING fingerprint, name, created_at,
        (SELECT d.id FROM device d WHERE d.key = device_key) AS device
      """;

  private static final String LIST =
      """
      SELECT fingerprint, name, created_at FROM device_certificate
      WHERE device_key = ? ORDER BY created_at, fingerprint
      """;

  private static final String REMOVE =
      """
      DELETE FROM device_certificate WHERE fingerprint = ? AND device_key = ?
      RETURNING fingerprint, name, created_at,
        (SELECT d.id FROM device d WHERE d.key = device_key) AS device
      """;

  private static final String FIND =
      """
      SELECT c.fingerprint, d.key, d.id, d.enabled
      FROM device_certificate c JOIN device d ON d.key = c.device_key
      WHERE c.fingerprint = ANY (?)
      """;

  private final Database database;
  private final SessionEnder ender;
  private final GroupedLookup<String, Bound> lookup;

  /**
   * @param lookups connections of its own: a device that returns must not queue behind requests
   */
  public DeviceCertificates(Database database, Database lookups, SessionEnder ender) {
    this.database = database;
    this.ender = ender;
    this.lookup = new GroupedLookup<>(lookups, DeviceCertificates::find);
  }

  /** Binds a certificate to a device; empty: it is bound already, to this device or another. */
  public Optional<DeviceCertificate> add(
      Device device, String fingerprint, String name, @Nullable Once once, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          Once.claim(once, connection, target(device.id(), fingerprint), now);
          try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            insert.setString(1, fingerprint);
            insert.setInt(2, device.key());
            insert.setString(3, name);
            insert.setObject(4, Timestamps.of(now));
            try (ResultSet row = insert.executeQuery()) {
              if (!row.next()) {
                Once.release(once, connection);
                return Optional.empty();
              }
              AuditStore.append(connection, change(row, "add", by, now).after("name", name));
              return Optional.of(certificate(row));
            }
          }
        });
  }

  /** All of a device, oldest first. */
  public List<DeviceCertificate> list(int deviceKey) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LIST)) {
            select.setInt(1, deviceKey);
            List<DeviceCertificate> certificates = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                certificates.add(certificate(row));
              }
            }
            return certificates;
          }
        });
  }

  /**
   * Unbinds a certificate and has its sessions ended.
   *
   * @return false when the device has no such certificate
   */
  public boolean remove(int deviceKey, String fingerprint, Actor by, Instant now) {
    boolean found =
        database.transaction(
            connection -> {
              try (PreparedStatement delete = connection.prepareStatement(REMOVE)) {
                delete.setString(1, fingerprint);
                delete.setInt(2, deviceKey);
                try (ResultSet row = delete.executeQuery()) {
                  if (!row.next()) {
                    return false;
                  }
                  Change change = change(row, "remove", by, now);
                  AuditStore.append(connection, change.before("name", row.getString("name")));
                  return true;
                }
              }
            });
    if (found) {
      ender.endSessionsOf(deviceKey, fingerprint);
    }
    return found;
  }

  /** Whose it is; fails with a DatabaseException when the database cannot tell. */
  public CompletableFuture<Optional<Bound>> find(String fingerprint) {
    return lookup.find(fingerprint);
  }

  private static Map<String, Bound> find(Connection connection, List<String> fingerprints)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setArray(1, connection.createArrayOf("text", fingerprints.toArray()));
      Map<String, Bound> found = new HashMap<>();
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          found.put(
              row.getString("fingerprint"),
              new Bound(row.getInt("key"), row.getString("id"), row.getBoolean("enabled")));
        }
      }
      return found;
    }
  }

  private static Change change(ResultSet row, String what, Actor by, Instant now)
      throws SQLException {
    String target = target(row.getString("device"), row.getString("fingerprint"));
    return Change.of(by, now, "certificate." + what, target);
  }

  private static String target(String device, String fingerprint) {
    return "devices/%s/certificates/%s".formatted(device, fingerprint);
  }

  private static DeviceCertificate certificate(ResultSet row) throws SQLException {
    return new DeviceCertificate(
        row.getString("fingerprint"), row.getString("name"), Timestamps.get(row, "created_at"));
  }
}
