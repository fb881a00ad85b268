package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives devices another token inside their sessions: the steps, each one transaction. PROTOCOL.md,
 * section 16, says what a crash between two of them leaves; the rule behind it is that a token
 * which the device may hold is never revoked.
 *
 * <ul>
 *   <li>{@link #handOver}: a new token becomes valid, unproven; only then it is sent. Its secret is
 *       nowhere but in that frame, so each further try is another token, beside the earlier ones.
 *   <li>{@link #stored}: the device holds it. Earlier unproven ones it does not hold any more, as
 *       it stores them one after the other before it connects again: they are revoked.
 *   <li>{@link #prove}: a session was opened with it, in the same transaction. The token it
 *       replaces is revoked, and whatever else is unproven.
 * </ul>
 */
public final class TokenRotationStore {
  /** Tries for one asking: a device that never gets to the end must not get tokens without end. */
  static final int MOST_HAND_OVERS = 5;

  /** A device with a session in which it has not been tried yet. */
  public record Due(int deviceKey, long epoch) {}

  /** A session was opened with an unproven token. */
  public record Proof(int deviceKey, String tokenId, Instant at) {}

  private static final String DUE =
      """
      SELECT r.device_key, p.epoch FROM token_rotation r JOIN presence p ON p.device_key = r.device_key
      WHERE r.state <> 'done' AND p.state <> 'offline' AND r.epoch < p.epoch AND r.hand_overs < ?
      ORDER BY r.asked_at, r.device_key LIMIT ?
      """;

  private static final String LOCK =
      """
      WITH t AS ( -- first, as the proof does; it must not be revoked while the next one comes into being
        SELECT * FROM device_token WHERE id = ? AND revoked_at IS NULL FOR UPDATE)
      SELECT d.id AS device, t.name, t.not_before, t.expires_at
      FROM token_rotation r JOIN device d ON d.key = r.device_key JOIN t ON t.device_key = r.device_key
      WHERE r.device_key = ? AND r.state <> 'done' AND r.epoch < ? AND r.hand_overs < ?
        AND (SELECT count(*) FROM device_token v WHERE v.device_key = r.device_key AND v.revoked_at IS NULL
          AND (v.expires_at IS NULL OR v.expires_at > ?)) < ?
      FOR UPDATE OF r
      """;

  private static final String INSERT =
      """
      INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before, expires_at, replaces, unproven)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, true)
      """;

  private static final String HANDED_OVER =
      """
      UPDATE token_rotation SET state = 'handed-over', epoch = ?, hand_overs = hand_overs + 1, next_token = ?, changed_at = ?
      WHERE device_key = ?
      """;

  private static final String UNABLE =
      """
      UPDATE token_rotation SET state = CASE WHEN hand_overs = 0 THEN 'unable' ELSE state END, epoch = ?, changed_at = ?
      WHERE device_key = ? AND epoch < ? AND state <> 'done'
      """;

  private static final String STORED =
      """
      UPDATE token_rotation SET state = 'stored', changed_at = ?
      WHERE device_key = ? AND next_token = ? AND state = 'handed-over'
      """;

  private static final String SUPERSEDE =
      """
      UPDATE device_token t SET revoked_at = ?, revoked_cause = 'superseded' FROM device d
      WHERE d.key = t.device_key AND t.device_key = ? AND t.id <> ? AND t.unproven AND t.revoked_at IS NULL
      RETURNING d.id AS device, t.id, t.name, t.revoked_cause
      """;

  private static final String PROVE =
      """
      WITH proven AS (
        UPDATE device_token t SET unproven = false
        FROM unnest(?::int[], ?::text[], ?::timestamptz[]) AS u(device_key, id, at)
        WHERE t.id = u.id AND t.device_key = u.device_key AND t.unproven AND t.revoked_at IS NULL
        RETURNING t.device_key, t.id, t.replaces, t.created_at, u.at
      ), done AS (
        UPDATE token_rotation r SET state = 'done', changed_at = p.at, next_token = p.id FROM proven p
        WHERE r.device_key = p.device_key AND r.asked_at <= p.created_at AND r.state <> 'done'
      ), retired AS (
        UPDATE device_token t SET revoked_at = p.at, revoked_cause = CASE WHEN t.id = p.replaces THEN 'rotated' ELSE 'superseded' END
        FROM proven p
        WHERE t.device_key = p.device_key AND t.id <> p.id AND t.revoked_at IS NULL AND (t.id = p.replaces OR t.unproven)
        RETURNING t.device_key, t.id, t.name, t.revoked_cause
      )
      SELECT d.id AS device, r.id, r.name, r.revoked_cause FROM retired r JOIN device d ON d.key = r.device_key
      """;

  private final Database database;
  private final RandomGenerator random;
  private final Consumer<String> issued;
  private final int mostTokens;

  /**
   * @param random where secrets come from: a SecureRandom but in tests
   * @param mostTokens valid ones of a device, beyond which it is handed none
   * @param issued hears the id of each token before its device gets it
   */
  public TokenRotationStore(
      Database database, RandomGenerator random, int mostTokens, Consumer<String> issued) {
    this.mostTokens = mostTokens;
    this.database = database;
    this.random = random;
    this.issued = issued;
  }

  /** Devices to try now: asked for, connected, and not tried in this session. */
  public List<Due> due(int most) {
    return database.query(
        connection -> {
          List<Due> due = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(DUE)) {
            select.setInt(1, MOST_HAND_OVERS);
            select.setInt(2, most);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                due.add(new Due(row.getInt(1), row.getLong(2)));
              }
            }
            return due;
          }
        });
  }

  /**
   * Nothing can be handed over in this session: the device's software does not take tokens, or the
   * session was not opened by one. What it was handed in an earlier session stays as it is.
   */
  public void unable(int deviceKey, long epoch, Instant now) {
    var _ =
        database.query(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(UNABLE)) {
                update.setLong(1, epoch);
                update.setObject(2, Timestamps.of(now));
                update.setInt(3, deviceKey);
                update.setLong(4, epoch);
                return update.executeUpdate();
              }
            });
  }

  /**
   * Makes the token that the device is to get in this session. It is valid for as long as the one
   * it replaces was, from now on.
   *
   * @param replaces the token that the session was opened with
   * @return empty when there is nothing to hand over any more
   */
  public Optional<Secret> handOver(int deviceKey, long epoch, String replaces, Instant now) {
    Optional<Secret> made =
        database.transaction(
            connection -> {
              try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
                lock.setString(1, replaces);
                lock.setInt(2, deviceKey);
                lock.setLong(3, epoch);
                lock.setInt(4, MOST_HAND_OVERS);
                lock.setObject(5, Timestamps.of(now));
                lock.setInt(6, mostTokens);
                try (ResultSet row = lock.executeQuery()) {
                  return row.next()
                      ? Optional.of(handOver(connection, deviceKey, epoch, replaces, row, now))
                      : Optional.empty();
                }
              }
            });
    made.ifPresent(secret -> issued.accept(secret.id()));
    return made;
  }

  private Secret handOver(
      Connection connection,
      int deviceKey,
      long epoch,
      String replaces,
      ResultSet replaced,
      Instant now)
      throws SQLException {
    Secret secret = Secret.random(Secret.Kind.DEVICE_TOKEN, random);
    Instant expiresAt = expiresAt(replaced, now);
    try (PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement update = connection.prepareStatement(HANDED_OVER)) {
      insert.setString(1, secret.id());
      insert.setInt(2, deviceKey);
      insert.setString(3, replaced.getString("name"));
      insert.setBytes(4, secret.hash());
      insert.setObject(5, Timestamps.of(now));
      insert.setObject(6, Timestamps.of(now));
      insert.setObject(7, Timestamps.ofNullable(expiresAt));
      insert.setString(8, replaces);
      insert.executeUpdate();
      update.setLong(1, epoch);
      update.setString(2, secret.id());
      update.setObject(3, Timestamps.of(now));
      update.setInt(4, deviceKey);
      update.executeUpdate();
    }
    AuditStore.append(
        connection,
        change(replaced.getString("device"), secret.id(), "token.hand-over", now)
            .after("name", replaced.getString("name"))
            .after("replaces", replaces)
            .after("expiresAt", expiresAt));
    return secret;
  }

  private static @Nullable Instant expiresAt(ResultSet replaced, Instant now) throws SQLException {
    Instant end = Timestamps.getOrNull(replaced, "expires_at");
    return end == null
        ? null
        : now.plus(Duration.between(Timestamps.get(replaced, "not_before"), end));
  }

  /** The device holds the token handed over last; false when it is not that one. */
  public boolean stored(int deviceKey, String tokenId, Instant now) {
    return database.transaction(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(STORED);
              PreparedStatement supersede = connection.prepareStatement(SUPERSEDE)) {
            update.setObject(1, Timestamps.of(now));
            update.setInt(2, deviceKey);
            update.setString(3, tokenId);
            if (update.executeUpdate() == 0) {
              return false;
            }
            supersede.setObject(1, Timestamps.of(now));
            supersede.setInt(2, deviceKey);
            supersede.setString(3, tokenId);
            appendRevoked(connection, supersede, now);
            return true;
          }
        });
  }

  /** Within the transaction that opens the sessions. Safe to repeat. */
  public static void prove(Connection connection, List<Proof> proofs) throws SQLException {
    // In the order in which everybody locks these rows.
    List<Proof> sorted =
        proofs.stream()
            .sorted(Comparator.comparingInt(Proof::deviceKey).thenComparing(Proof::tokenId))
            .toList();
    SqlArrays<Proof> rows = new SqlArrays<>(connection, sorted);
    try (PreparedStatement prove = connection.prepareStatement(PROVE)) {
      prove.setArray(1, rows.ints(Proof::deviceKey));
      prove.setArray(2, rows.texts(Proof::tokenId));
      prove.setArray(3, rows.times(Proof::at));
      appendRevoked(connection, prove, proofs.getFirst().at());
    }
  }

  private static void appendRevoked(Connection connection, PreparedStatement revoking, Instant now)
      throws SQLException {
    List<Change> changes = new ArrayList<>();
    try (ResultSet row = revoking.executeQuery()) {
      while (row.next()) {
        changes.add(
            change(row.getString("device"), row.getString("id"), "token.revoke", now)
                .before("name", row.getString("name"))
                .after("cause", row.getString("revoked_cause")));
      }
    }
    AuditStore.append(connection, changes);
  }

  private static Change change(String device, String token, String action, Instant now) {
    return Change.of(
        Actor.rotation(), now, action, "devices/%s/tokens/%s".formatted(device, token));
  }
}
