package io.mooring.hub.device;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides in the handshake who a device is: one query for each well-formed token. */
public final class DeviceAuthenticator {
  /** Why a token opens nothing. */
  public enum Reason {
    /** Not a device token at all, or cut off: the checksum does not fit. No query was made. */
    MALFORMED,
    UNKNOWN,
    WRONG_SECRET,
    REVOKED,
    NOT_YET_VALID,
    EXPIRED,
    DEVICE_DISABLED
  }

  /** The answer. */
  public sealed interface Result {
    /**
     * The token is the device's.
     *
     * @param expiresAt when the token ceases to be valid; null: never
     */
    record Authenticated(
        int deviceKey, String deviceId, String tokenId, @Nullable Instant expiresAt)
        implements Result {}

    /**
     * Come in it may not. Both parts may be logged; the device itself is told no more than 401.
     *
     * @param tokenId null when malformed
     */
    record Refused(Reason reason, @Nullable String tokenId) implements Result {}
  }

  private static final String FIND =
      """
      SELECT t.secret_hash, t.not_before, t.expires_at, t.revoked_at, d.key, d.id, d.enabled
      FROM device_token t JOIN device d ON d.key = t.device_key
      WHERE t.id = ?
      """;

  private final Database database;

  public DeviceAuthenticator(Database database) {
    this.database = database;
  }

  /**
   * Checks what followed {@code Bearer} in the handshake.
   *
   * @throws io.mooring.hub.db.DatabaseException when the database cannot tell
   */
  public Result authenticate(String bearer, Instant now) {
    Optional<Secret> secret = Secret.parse(Secret.Kind.DEVICE_TOKEN, bearer);
    if (secret.isEmpty()) {
      return new Result.Refused(Reason.MALFORMED, null);
    }
    return database.query(
        connection -> {
          try (PreparedStatement find = connection.prepareStatement(FIND)) {
            find.setString(1, secret.get().id());
            try (ResultSet row = find.executeQuery()) {
              return row.next()
                  ? judge(secret.get(), row, now)
                  : new Result.Refused(Reason.UNKNOWN, secret.get().id());
            }
          }
        });
  }

  /** The secret comes first: who does not hold it learns nothing about the token. */
  private static Result judge(Secret secret, ResultSet row, Instant now) throws SQLException {
    if (!secret.matches(row.getBytes("secret_hash"))) {
      return new Result.Refused(Reason.WRONG_SECRET, secret.id());
    }
    Instant expiresAt = Timestamps.getOrNull(row, "expires_at");
    if (Timestamps.getOrNull(row, "revoked_at") != null) {
      return new Result.Refused(Reason.REVOKED, secret.id());
    }
    if (now.isBefore(Timestamps.get(row, "not_before"))) {
      return new Result.Refused(Reason.NOT_YET_VALID, secret.id());
    }
    if (expiresAt != null && !now.isBefore(expiresAt)) {
      return new Result.Refused(Reason.EXPIRED, secret.id());
    }
    if (!row.getBoolean("enabled")) {
      return new Result.Refused(Reason.DEVICE_DISABLED, secret.id());
    }
    return new Result.Authenticated(row.getInt("key"), row.getString("id"), secret.id(), expiresAt);
  }
}
