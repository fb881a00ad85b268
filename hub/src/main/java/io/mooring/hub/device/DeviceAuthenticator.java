package io.mooring.hub.device;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.GroupedLookup;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Decides in the handshake who a device is. No query is made for what is no token. */
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
     * @param unproven it was handed over in a session, and has opened none yet
     */
    record Authenticated(
        int deviceKey,
        String deviceId,
        String tokenId,
        @Nullable Instant expiresAt,
        boolean unproven)
        implements Result {}

    /**
     * Come in it may not. All parts may be logged; the device itself is told no more than 401, and
     * from when its token counts where it is the right one.
     *
     * @param tokenId null when malformed
     * @param deviceId whose token that is; null where there is none of this id
     * @param notBefore when a token that is not yet valid becomes so; null: of any other
     */
    record Refused(
        Reason reason,
        @Nullable String tokenId,
        @Nullable String deviceId,
        @Nullable Instant notBefore)
        implements Result {}
  }

  private static final String FIND =
      """
      SELECT t.id AS token_id, t.secret_hash, t.not_before, t.expires_at, t.revoked_at,
        t.unproven, t.last_used_at, d.key, d.id, d.enabled
      FROM device_token t JOIN device d ON d.key = t.device_key
      WHERE t.id = ANY (?)
      """;

  /**
   * The clock may step back a little after a token was issued: refused, its device would stay away
   * for an hour.
   */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private static final String USED_LAST =
      """
      SELECT id FROM device_token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
      ORDER BY last_used_at DESC NULLS LAST, created_at DESC LIMIT ?
      """;

  /** A token as it is stored. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Token(
      byte[] secretHash,
      Instant notBefore,
      @Nullable Instant expiresAt,
      boolean revoked,
      boolean unproven,
      @Nullable Instant lastUsedAt,
      int deviceKey,
      String deviceId,
      boolean enabled) {}

  private final Database database;
  private final GroupedLookup<String, Token> tokens;
  private final TokenUseStore uses;

  /**
   * @param lookups connections of its own: a device that returns must not queue behind requests
   */
  public DeviceAuthenticator(Database database, Database lookups) {
    this.database = database;
    tokens = new GroupedLookup<>(lookups, DeviceAuthenticator::find);
    uses = new TokenUseStore(database);
  }

  /** Ids of valid tokens, the ones used last first. Blocks. */
  public List<String> valid(int most, Instant now) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(USED_LAST)) {
            select.setObject(1, Timestamps.of(now));
            select.setInt(2, most);
            List<String> ids = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                ids.add(row.getString(1));
              }
            }
            return ids;
          }
        });
  }

  /** The uses it notes, which somebody must write down now and then. */
  public TokenUseStore uses() {
    return uses;
  }

  private static Map<String, Token> find(Connection connection, List<String> ids)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setArray(1, connection.createArrayOf("text", ids.toArray()));
      Map<String, Token> found = new HashMap<>();
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          found.put(
              row.getString("token_id"),
              new Token(
                  row.getBytes("secret_hash"),
                  Timestamps.get(row, "not_before"),
                  Timestamps.getOrNull(row, "expires_at"),
                  Timestamps.getOrNull(row, "revoked_at") != null,
                  row.getBoolean("unproven"),
                  Timestamps.getOrNull(row, "last_used_at"),
                  row.getInt("key"),
                  row.getString("id"),
                  row.getBoolean("enabled")));
        }
      }
      return found;
    }
  }

  /**
   * Checks what followed {@code Bearer} in the handshake, and notes the use of a token that opens;
   * fails with a {@link io.mooring.hub.db.DatabaseException} when the database cannot tell.
   */
  public CompletableFuture<Result> authenticate(String bearer, String address, Instant now) {
    Optional<Secret> secret = Secret.parse(Secret.Kind.DEVICE_TOKEN, bearer);
    if (secret.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Result.Refused(Reason.MALFORMED, null, null, null));
    }
    Secret given = secret.get();
    return tokens
        .find(given.id())
        .thenApply(
            found ->
                found
                    .map(token -> noted(judge(given, token, now), token, address, now))
                    .orElseGet(() -> new Result.Refused(Reason.UNKNOWN, given.id(), null, null)));
  }

  private Result noted(Result result, Token token, String address, Instant now) {
    if (result instanceof Result.Authenticated who) {
      uses.note(who.tokenId(), token.lastUsedAt(), address, now);
    }
    return result;
  }

  /** The secret comes first: who does not hold it learns nothing about the token. */
  private static Result judge(Secret secret, Token token, Instant now) {
    if (!secret.matches(token.secretHash())) {
      return refused(Reason.WRONG_SECRET, secret, token);
    }
    if (token.revoked()) {
      return refused(Reason.REVOKED, secret, token);
    }
    if (now.plus(TOLERANCE).isBefore(token.notBefore())) {
      return new Result.Refused(
          Reason.NOT_YET_VALID, secret.id(), token.deviceId(), token.notBefore());
    }
    Instant expiresAt = token.expiresAt();
    if (expiresAt != null && !now.isBefore(expiresAt)) {
      return refused(Reason.EXPIRED, secret, token);
    }
    if (!token.enabled()) {
      return refused(Reason.DEVICE_DISABLED, secret, token);
    }
    return new Result.Authenticated(
        token.deviceKey(), token.deviceId(), secret.id(), expiresAt, token.unproven());
  }

  private static Result refused(Reason reason, Secret secret, Token token) {
    return new Result.Refused(reason, secret.id(), token.deviceId(), null);
  }
}
