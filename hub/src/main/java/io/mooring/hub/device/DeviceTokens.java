package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The devices' tokens: issued, listed, revoked. */
public final class DeviceTokens {
  /** A token just made, with the secret that nobody can read again. */
  public record Issued(DeviceToken token, Secret secret) {}

  /** The device has as many valid tokens as it may have. */
  public static final class TooMany extends RuntimeException {
    TooMany(int most) {
      super("A device has at most %d valid tokens.".formatted(most), null, false, false);
    }
  }

  private static final String COLUMNS =
      "id, name, created_at, not_before, expires_at, revoked_at, revoked_cause, replaces, unproven,"
          + " last_used_at, last_used_address";

  /** Of the device itself, for the audit log. */
  private static final String DEVICE =
      ", (SELECT d.id FROM device d WHERE d.key = device_key) AS device";

  private static final String REVOKE =
      """
      UPDATE device_token SET revoked_at = ?, revoked_cause = 'operator'
      WHERE device_key = ? AND revoked_at IS NULL AND (id = ? OR unproven AND replaces = ?) RETURNING\s"""
          + COLUMNS
          + DEVICE;

  private final Database database;
  private final RandomGenerator random;
  private final SessionEnder ender;
  private final int most;

  /** With the usual bound. */
  public DeviceTokens(Database database, RandomGenerator random, SessionEnder ender) {
    this(database, random, ender, Limits.DEFAULTS.deviceTokens());
  }

  /**
   * Makes the store.
   *
   * @param random where secrets come from: a SecureRandom but in tests
   * @param most valid tokens of one device
   */
  public DeviceTokens(Database database, RandomGenerator random, SessionEnder ender, int most) {
    this.most = most;
    this.database = database;
    this.random = random;
    this.ender = ender;
  }

  /**
   * Issues a token.
   *
   * @param expiresAt null: it never expires
   * @throws TooMany when the device has as many as it may have
   */
  public Issued issue(
      int deviceKey,
      String name,
      Instant notBefore,
      @Nullable Instant expiresAt,
      Actor by,
      Instant now) {
    return issue(deviceKey, name, notBefore, expiresAt, null, by, now);
  }

  /** The same, for a request that may come again. */
  public Issued issue(
      int deviceKey,
      String name,
      Instant notBefore,
      @Nullable Instant expiresAt,
      @Nullable Once once,
      Actor by,
      Instant now) {
    Secret secret = Secret.random(Secret.Kind.DEVICE_TOKEN, random);
    DeviceToken token =
        database.transaction(
            connection -> {
              String device = lock(connection, deviceKey);
              Once.claim(once, connection, target(device, secret.id()), now);
              if (valid(connection, deviceKey, now) >= most) {
                throw new TooMany(most);
              }
              try (PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO device_token (id, device_key, name, secret_hash, created_at,"
                          + " not_before, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING "
                          + COLUMNS
                          + DEVICE)) {
                insert.setString(1, secret.id());
                insert.setInt(2, deviceKey);
                insert.setString(3, name);
                insert.setBytes(4, secret.hash());
                insert.setObject(5, Timestamps.of(now));
                insert.setObject(6, Timestamps.of(notBefore));
                insert.setObject(7, Timestamps.ofNullable(expiresAt));
                try (ResultSet row = insert.executeQuery()) {
                  row.next();
                  DeviceToken made = token(row);
                  AuditStore.append(
                      connection,
                      change(row, "create", by, now)
                          .after("name", made.name())
                          .after("notBefore", made.notBefore())
                          .after("expiresAt", made.expiresAt()));
                  return made;
                }
              }
            });
    ender.issued(secret.id());
    return new Issued(token, secret);
  }

  /**
   * Locks the device, so that many who ask at once are counted one after the other; returns its id.
   */
  private static String lock(Connection connection, int deviceKey) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT id FROM device WHERE key = ? FOR NO KEY UPDATE")) {
      lock.setInt(1, deviceKey);
      try (ResultSet row = lock.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private static int valid(Connection connection, int deviceKey, Instant now) throws SQLException {
    try (PreparedStatement count =
        connection.prepareStatement(
            "SELECT count(*) FROM device_token WHERE device_key = ? AND revoked_at IS NULL"
                + " AND (expires_at IS NULL OR expires_at > ?)")) {
      count.setInt(1, deviceKey);
      count.setObject(2, Timestamps.of(now));
      try (ResultSet row = count.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
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
   * Revokes a token and has its sessions ended; with it go the next tokens that were handed over in
   * its sessions and are not proven yet, as whoever has stolen the one may have got the other.
   * Revoking it again keeps the first time and ends its sessions again.
   *
   * @return false when the device has no such token
   */
  public boolean revoke(int deviceKey, String tokenId, Actor by, Instant now) {
    Set<String> gone =
        database.transaction(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(REVOKE);
                  PreparedStatement select =
                      connection.prepareStatement(
                          "SELECT FROM device_token WHERE id = ? AND device_key = ? FOR UPDATE")) {
                Set<String> ids = new HashSet<>();
                // First: only a later statement finds what is being handed over in its sessions.
                select.setString(1, tokenId);
                select.setInt(2, deviceKey);
                try (ResultSet row = select.executeQuery()) {
                  if (row.next()) {
                    ids.add(tokenId);
                  }
                }
                update.setObject(1, Timestamps.of(now));
                update.setInt(2, deviceKey);
                update.setString(3, tokenId);
                update.setString(4, tokenId);
                try (ResultSet row = update.executeQuery()) {
                  while (row.next()) {
                    ids.add(row.getString("id"));
                    Change change = change(row, "revoke", by, now);
                    AuditStore.append(connection, change.before("name", row.getString("name")));
                  }
                }
                return ids;
              }
            });
    gone.forEach(id -> ender.endSessionsOf(deviceKey, id));
    return !gone.isEmpty();
  }

  private static Change change(ResultSet row, String what, Actor by, Instant now)
      throws SQLException {
    return Change.of(
        by, now, "token." + what, target(row.getString("device"), row.getString("id")));
  }

  private static String target(String device, String id) {
    return "devices/%s/tokens/%s".formatted(device, id);
  }

  private static DeviceToken token(ResultSet row) throws SQLException {
    return new DeviceToken(
        row.getString("id"),
        row.getString("name"),
        Timestamps.get(row, "created_at"),
        Timestamps.get(row, "not_before"),
        Timestamps.getOrNull(row, "expires_at"),
        Timestamps.getOrNull(row, "revoked_at"),
        row.getString("revoked_cause"),
        row.getString("replaces"),
        row.getBoolean("unproven"),
        Timestamps.getOrNull(row, "last_used_at"),
        row.getString("last_used_address"));
  }
}
