package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Enrolment keys: issued, listed, revoked. {@link EnrolmentStore} is their use. */
public final class EnrolmentKeyStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TAGS = new TypeReference<>() {};

  static final String COLUMNS =
      "id, name, tags, id_prefix, max_uses, uses, created_at, expires_at, revoked_at, last_used_at,"
          + " last_used_address";

  /** A key just made, with the secret that nobody can read again. */
  public record Issued(EnrolmentKey key, Secret secret) {}

  /**
   * What a key is to be.
   *
   * @param expiresAt null: it never expires
   */
  public record Draft(
      String name,
      Map<String, String> tags,
      String idPrefix,
      int maxUses,
      @Nullable Instant expiresAt) {}

  private final Database database;
  private final RandomGenerator random;

  /**
   * Makes the store.
   *
   * @param random where secrets come from: a SecureRandom but in tests
   */
  public EnrolmentKeyStore(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  /** Issues a key. */
  public Issued create(Draft draft, Actor by, Instant now) {
    return create(draft, null, by, now);
  }

  /** The same, for a request that may come again. */
  public Issued create(Draft draft, @Nullable Once once, Actor by, Instant now) {
    Secret secret = Secret.random(Secret.Kind.ENROLMENT_KEY, random);
    EnrolmentKey key =
        database.transaction(
            connection -> {
              Once.claim(once, connection, "enrolment-keys/" + secret.id(), now);
              try (PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO enrolment_key (id, name, secret_hash, tags, id_prefix, max_uses,"
                          + " created_at, expires_at) VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?)"
                          + " RETURNING "
                          + COLUMNS)) {
                insert.setString(1, secret.id());
                insert.setString(2, draft.name());
                insert.setBytes(3, secret.hash());
                insert.setString(4, JSON.writeValueAsString(draft.tags()));
                insert.setString(5, draft.idPrefix());
                insert.setInt(6, draft.maxUses());
                insert.setObject(7, Timestamps.of(now));
                insert.setObject(8, Timestamps.ofNullable(draft.expiresAt()));
                try (ResultSet row = insert.executeQuery()) {
                  row.next();
                  EnrolmentKey made = key(row);
                  AuditStore.append(
                      connection,
                      change(made, "create", by, now)
                          .after("name", made.name())
                          .after("tags", made.tags())
                          .after("idPrefix", made.idPrefix())
                          .after("maxUses", made.maxUses())
                          .after("expiresAt", made.expiresAt()));
                  return made;
                }
              }
            });
    return new Issued(key, secret);
  }

  /** All keys, oldest first, revoked ones too. */
  public List<EnrolmentKey> list() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT " + COLUMNS + " FROM enrolment_key ORDER BY created_at, id");
              ResultSet row = select.executeQuery()) {
            List<EnrolmentKey> keys = new ArrayList<>();
            while (row.next()) {
              keys.add(key(row));
            }
            return keys;
          }
        });
  }

  /**
   * Revokes a key; the devices it has registered stay. Revoking again keeps the first time.
   *
   * @return false when there is none of this id
   */
  public boolean revoke(String id, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE enrolment_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
                          + " RETURNING "
                          + COLUMNS);
              PreparedStatement select =
                  connection.prepareStatement("SELECT FROM enrolment_key WHERE id = ?")) {
            update.setObject(1, Timestamps.of(now));
            update.setString(2, id);
            try (ResultSet row = update.executeQuery()) {
              if (row.next()) {
                EnrolmentKey key = key(row);
                AuditStore.append(
                    connection,
                    change(key, "revoke", by, now)
                        .before("name", key.name())
                        .before("uses", key.uses()));
                return true;
              }
            }
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  private static Change change(EnrolmentKey key, String what, Actor by, Instant now) {
    return Change.of(by, now, "enrolment-key." + what, "enrolment-keys/" + key.id());
  }

  static EnrolmentKey key(ResultSet row) throws SQLException {
    return new EnrolmentKey(
        row.getString("id"),
        row.getString("name"),
        JSON.readValue(row.getString("tags"), TAGS),
        row.getString("id_prefix"),
        row.getInt("max_uses"),
        row.getInt("uses"),
        Timestamps.get(row, "created_at"),
        Timestamps.getOrNull(row, "expires_at"),
        Timestamps.getOrNull(row, "revoked_at"),
        Timestamps.getOrNull(row, "last_used_at"),
        row.getString("last_used_address"));
  }
}
