package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * New devices register themselves with an enrolment key: the device, its token, the key's count and
 * the audit entry are one transaction, in which the key's row is locked. A device that has not been
 * told its token, as its line broke, may ask again with the same key until it has connected once,
 * within a day and up to five tokens in all: it gets another token in place of the first, and is
 * not counted twice.
 */
public final class EnrolmentStore {
  private static final JsonMapper JSON = new JsonMapper();

  /** Why nobody was enrolled. */
  public enum Reason {
    /** No enrolment key at all, or cut off: the checksum does not fit. No query was made. */
    MALFORMED,
    /** No such key, or another secret. */
    UNKNOWN,
    REVOKED,
    EXPIRED,
    USED_UP,
    /** The key is for other ids. */
    WRONG_ID,
    /** A device of this id exists, and is not one that waits for its first token. */
    EXISTS
  }

  /** What came of it. */
  public sealed interface Result {
    record Enrolled(String device, Secret token) implements Result {}

    /**
     * Nothing was changed.
     *
     * @param keyId may be logged; null when malformed
     * @param idPrefix of the key, where the id was wrong
     */
    record Refused(Reason reason, @Nullable String keyId, String idPrefix) implements Result {}
  }

  /** How long after it was registered, and how many tokens in all, a device may ask for. */
  static final Duration REPEATED_FOR = Duration.ofDays(1);

  static final int MOST_TOKENS = 5;

  private static final String AGAIN =
      """
      SELECT d.key FROM device d WHERE d.id = ? AND d.enrolled_by = ? AND d.enabled AND d.created_at > ?
        AND NOT EXISTS (SELECT FROM presence p WHERE p.device_key = d.key)
        AND NOT EXISTS (SELECT FROM device_token t WHERE t.device_key = d.key AND t.revoked_cause = 'operator')
        AND (SELECT count(*) FROM device_token t WHERE t.device_key = d.key) < ?
      FOR UPDATE OF d
      """;

  private static final String SUPERSEDE =
      """
      UPDATE device_token SET revoked_at = ?, revoked_cause = 'superseded'
      WHERE device_key = ? AND name = 'enrolment' AND revoked_at IS NULL RETURNING id
      """;

  private final Database database;
  private final RandomGenerator random;
  private final SessionEnder ender;

  /**
   * @param random where secrets come from: a SecureRandom but in tests
   */
  public EnrolmentStore(Database database, RandomGenerator random, SessionEnder ender) {
    this.database = database;
    this.random = random;
    this.ender = ender;
  }

  /**
   * Registers a device.
   *
   * @param bearer what followed {@code Bearer}
   * @param id as {@link Device#ID} has it
   */
  public Result enrol(String bearer, String id, String name, String address, Instant now) {
    Optional<Secret> parsed = Secret.parse(Secret.Kind.ENROLMENT_KEY, bearer);
    if (parsed.isEmpty()) {
      return new Result.Refused(Reason.MALFORMED, null, "");
    }
    Secret secret = parsed.get();
    // Looked at before the row is locked: guesses must not hold up those who have the key.
    if (key(secret, false).isEmpty()) {
      return new Result.Refused(Reason.UNKNOWN, secret.id(), "");
    }
    Secret token = Secret.random(Secret.Kind.DEVICE_TOKEN, random);
    List<Superseded> superseded = new ArrayList<>();
    Result result =
        database.transaction(
            connection -> {
              Optional<EnrolmentKey> key = find(connection, secret, true);
              Attempt attempt = new Attempt(id, name, address, now, token, superseded);
              return key.isEmpty()
                  ? new Result.Refused(Reason.UNKNOWN, secret.id(), "")
                  : enrol(connection, key.get(), attempt);
            });
    if (result instanceof Result.Enrolled) {
      ender.issued(token.id());
      // One may be opening its first session at this moment, which nobody in the table knows of.
      superseded.forEach(one -> ender.endSessionsOf(one.deviceKey(), one.tokenId()));
    }
    return result;
  }

  private record Superseded(int deviceKey, String tokenId) {}

  /**
   * @param superseded filled with the tokens that are revoked
   */
  private record Attempt(
      String id,
      String name,
      String address,
      Instant now,
      Secret token,
      List<Superseded> superseded) {}

  private Optional<EnrolmentKey> key(Secret secret, boolean lock) {
    return database.query(connection -> find(connection, secret, lock));
  }

  private static Optional<EnrolmentKey> find(Connection connection, Secret secret, boolean lock)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret_hash, "
                + EnrolmentKeyStore.COLUMNS
                + " FROM enrolment_key WHERE id = ?"
                + (lock ? " FOR UPDATE" : ""))) {
      select.setString(1, secret.id());
      try (ResultSet row = select.executeQuery()) {
        return row.next() && secret.matches(row.getBytes("secret_hash"))
            ? Optional.of(EnrolmentKeyStore.key(row))
            : Optional.empty();
      }
    }
  }

  private static Result enrol(Connection connection, EnrolmentKey key, Attempt attempt)
      throws SQLException {
    Instant end = key.expiresAt();
    if (key.revokedAt() != null) {
      return refused(Reason.REVOKED, key);
    }
    if (end != null && !attempt.now().isBefore(end)) {
      return refused(Reason.EXPIRED, key);
    }
    if (!attempt.id().startsWith(key.idPrefix())) {
      return refused(Reason.WRONG_ID, key);
    }
    Integer device = again(connection, key, attempt);
    boolean again = device != null;
    if (device == null) {
      if (key.uses() >= key.maxUses()) {
        return refused(exists(connection, attempt.id()) ? Reason.EXISTS : Reason.USED_UP, key);
      }
      device = register(connection, key, attempt);
    }
    if (device == null) {
      return refused(Reason.EXISTS, key);
    }
    issue(connection, device, attempt);
    count(connection, key, attempt, again ? 0 : 1);
    AuditStore.append(
        connection,
        Change.of(
                Actor.enrolment(key.id(), key.name(), attempt.address()),
                attempt.now(),
                "device.enrol",
                "devices/" + attempt.id())
            .after("name", attempt.name())
            .after("tags", key.tags())
            .after("token", attempt.token().id())
            .after("again", again ? true : null));
    return new Result.Enrolled(attempt.id(), attempt.token());
  }

  /**
   * A device of this key that has never connected: its token is revoked, as nobody got it. Not one
   * that an operator has turned off or taken a token from, and neither for ever nor without end:
   * the key may be used up by then, and this would be a way around.
   */
  private static @Nullable Integer again(Connection connection, EnrolmentKey key, Attempt attempt)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(AGAIN);
        PreparedStatement revoke = connection.prepareStatement(SUPERSEDE)) {
      select.setString(1, attempt.id());
      select.setString(2, key.id());
      select.setObject(3, Timestamps.of(attempt.now().minus(REPEATED_FOR)));
      select.setInt(4, MOST_TOKENS);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        int device = row.getInt(1);
        revoke.setObject(1, Timestamps.of(attempt.now()));
        revoke.setInt(2, device);
        try (ResultSet revoked = revoke.executeQuery()) {
          while (revoked.next()) {
            attempt.superseded().add(new Superseded(device, revoked.getString(1)));
          }
        }
        return device;
      }
    }
  }

  private static boolean exists(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT FROM device WHERE id = ?")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Null when the id is taken. */
  private static @Nullable Integer register(
      Connection connection, EnrolmentKey key, Attempt attempt) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO device (id, name, tags, created_at, updated_at, enrolled_by)"
                + " VALUES (?, ?, ?::jsonb, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING key")) {
      insert.setString(1, attempt.id());
      insert.setString(2, attempt.name());
      insert.setString(3, JSON.writeValueAsString(key.tags()));
      insert.setObject(4, Timestamps.of(attempt.now()));
      insert.setObject(5, Timestamps.of(attempt.now()));
      insert.setString(6, key.id());
      try (ResultSet row = insert.executeQuery()) {
        return row.next() ? row.getInt(1) : null;
      }
    }
  }

  private static void issue(Connection connection, int device, Attempt attempt)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
                + " VALUES (?, ?, 'enrolment', ?, ?, ?)")) {
      insert.setString(1, attempt.token().id());
      insert.setInt(2, device);
      insert.setBytes(3, attempt.token().hash());
      insert.setObject(4, Timestamps.of(attempt.now()));
      insert.setObject(5, Timestamps.of(attempt.now()));
      insert.executeUpdate();
    }
  }

  private static void count(Connection connection, EnrolmentKey key, Attempt attempt, int uses)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE enrolment_key SET uses = uses + ?, last_used_at = ?, last_used_address = ?"
                + " WHERE id = ?")) {
      update.setInt(1, uses);
      update.setObject(2, Timestamps.of(attempt.now()));
      update.setString(3, attempt.address());
      update.setString(4, key.id());
      update.executeUpdate();
    }
  }

  private static Result refused(Reason reason, EnrolmentKey key) {
    return new Result.Refused(reason, key.id(), key.idPrefix());
  }
}
