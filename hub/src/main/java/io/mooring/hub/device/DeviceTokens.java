package io.mooring.hub.device;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The devices' tokens: issued, listed, revoked. */
public final class DeviceTokens {
  /** A token just made, with the secret that nobody can read again. */
  public record Issued(DeviceToken token, Secret secret) {}

  private static final String COLUMNS = "id, name, created_at, not_before, expires_at, revoked_at";

  private final Database database;
  private final RandomGenerator random;
  private final SessionEnder ender;

  /**
   * Makes the store.
   *
   * @param random where secrets come from: a SecureRandom but in tests
   */
  public DeviceTokens(Database database, RandomGenerator random, SessionEnder ender) {
    this.database = database;
    this.random = random;
    this.ender = ender;
  }

  /**
   * Issues a token.
   *
   * @param expiresAt null: it never expires
   */
  public Issued issue(
      int deviceKey, String name, Instant notBefore, @Nullable Instant expiresAt, Instant now) {
    Secret secret = Secret.random(Secret.Kind.DEVICE_TOKEN, random);
    DeviceToken token =
        database.query(
            connection -> {
              try (PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO device_token (id, device_key, name, secret_hash, created_at,"
                          + " not_before, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING "
                          + COLUMNS)) {
                insert.setString(1, secret.id());
                insert.setInt(2, deviceKey);
                insert.setString(3, name);
                insert.setBytes(4, secret.hash());
                insert.setObject(5, Timestamps.of(now));
                insert.setObject(6, Timestamps.of(notBefore));
                insert.setObject(7, Timestamps.ofNullable(expiresAt));
                try (ResultSet row = insert.executeQuery()) {
                  row.next();
                  return token(row);
                }
              }
            });
    return new Issued(token, secret);
  }

  /** All tokens of a device, oldest first, revoked ones too. */
  public List<DeviceToken> list(int deviceKey) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT "
                      + COLUMNS
                      + " FROM device_token WHERE device_key = ? ORDER BY created_at, id")) {
            select.setInt(1, deviceKey);
            List<DeviceToken> tokens = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                tokens.add(token(row));
              }
            }
            return tokens;
          }
        });
  }

  /**
   * Revokes a token and has its sessions ended. Revoking it again keeps the first time and ends its
   * sessions again.
   *
   * @return false when the device has no such token
   */
  public boolean revoke(int deviceKey, String tokenId, Instant now) {
    boolean found =
        database.query(
            connection -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE device_token SET revoked_at = coalesce(revoked_at, ?)"
                          + " WHERE id = ? AND device_key = ?")) {
                update.setObject(1, Timestamps.of(now));
                update.setString(2, tokenId);
                update.setInt(3, deviceKey);
                return update.executeUpdate() == 1;
              }
            });
    if (found) {
      ender.endSessionsOf(deviceKey, tokenId);
    }
    return found;
  }

  private static DeviceToken token(ResultSet row) throws SQLException {
    return new DeviceToken(
        row.getString("id"),
        row.getString("name"),
        Timestamps.get(row, "created_at"),
        Timestamps.get(row, "not_before"),
        Timestamps.getOrNull(row, "expires_at"),
        Timestamps.getOrNull(row, "revoked_at"));
  }
}
