package io.mooring.hub.access;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * API keys: made, listed, revoked, checked. Rows are remembered for half a second, so that a busy
 * integrator costs two queries a second and a revocation acts within that time on every node.
 */
public final class ApiKeys {
  /** How long a row read from the table counts as true. */
  static final Duration STALENESS = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final int REMEMBERED = 1_000;

  /** How exactly the last use of a key is known: so often at most a row is written for it. */
  static final Duration USE_NOTED = Duration.ofMinutes(1);

  private static final String COLUMNS =
      "id, name, scopes, created_at, expires_at, revoked_at, last_used_at, last_used_address";

  /** A key just made, with the secret that nobody can read again. */
  public record Issued(ApiKey key, Secret secret) {}

  /** Whether what was presented opens anything. */
  public sealed interface Result {
    record Authenticated(ApiKey key) implements Result {}

    /**
     * It opens nothing.
     *
     * @param keyId may be logged; null when malformed
     */
    record Refused(Reason reason, @Nullable String keyId) implements Result {}
  }

  /** Why a key opens nothing. */
  public enum Reason {
    /** Not an API key at all, or cut off. */
    MALFORMED,
    /** No such key, or another secret. */
    UNKNOWN,
    REVOKED,
    EXPIRED
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Row(ApiKey key, byte[] hash, Instant readAt) {}

  private final Database database;
  private final RandomGenerator random;
  private final Map<String, Row> remembered =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Row> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** Takes secrets from {@code random}: a SecureRandom but in tests. */
  public ApiKeys(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  /**
   * Issues a key.
   *
   * @param expiresAt null: it never expires
   * @param once null: each request makes another
   */
  public Issued create(
      String name,
      Set<Scope> scopes,
      @Nullable Instant expiresAt,
      @Nullable Once once,
      Actor by,
      Instant now) {
    Secret secret = Secret.random(Secret.Kind.API_KEY, random);
    ApiKey key =
        database.transaction(
            connection -> {
              Once.claim(once, connection, "keys/" + secret.id(), now);
              try (PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO api_key (id, name, secret_hash, scopes, created_at, expires_at)"
                          + " VALUES (?, ?, ?, ?, ?, ?) RETURNING "
                          + COLUMNS)) {
                insert.setString(1, secret.id());
                insert.setString(2, name);
                insert.setBytes(3, secret.hash());
                insert.setArray(
                    4,
                    connection.createArrayOf(
                        "text", scopes.stream().sorted().map(Scope::text).toArray()));
                insert.setObject(5, Timestamps.of(now));
                insert.setObject(6, Timestamps.ofNullable(expiresAt));
                try (ResultSet row = insert.executeQuery()) {
                  row.next();
                  ApiKey made = key(row);
                  AuditStore.append(connection, created(made, by, now));
                  return made;
                }
              }
            });
    return new Issued(key, secret);
  }

  private static Change created(ApiKey key, Actor by, Instant now) {
    return Change.of(by, now, "key.create", "keys/" + key.id())
        .after("name", key.name())
        .after("scopes", key.scopeTexts())
        .after("expiresAt", key.expiresAt());
  }

  /** All keys, oldest first, revoked ones too. */
  public List<ApiKey> list() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT " + COLUMNS + " FROM api_key ORDER BY created_at, id");
              ResultSet row = select.executeQuery()) {
            List<ApiKey> keys = new ArrayList<>();
            while (row.next()) {
              keys.add(key(row));
            }
            return keys;
          }
        });
  }

  /** Revokes a key; false when there is none of this id. Revoking again keeps the first time. */
  public boolean revoke(String id, Actor by, Instant now) {
    boolean revoked =
        database.transaction(
            connection -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
                          + " RETURNING "
                          + COLUMNS)) {
                update.setObject(1, Timestamps.of(now));
                update.setString(2, id);
                try (ResultSet row = update.executeQuery()) {
                  if (!row.next()) {
                    return false;
                  }
                  AuditStore.append(connection, revoked(key(row), by, now));
                  return true;
                }
              }
            });
    remembered.remove(id);
    return revoked || read(id, now).isPresent();
  }

  private static Change revoked(ApiKey key, Actor by, Instant now) {
    return Change.of(by, now, "key.revoke", "keys/" + key.id())
        .before("name", key.name())
        .before("scopes", key.scopeTexts());
  }

  /**
   * Checks what followed {@code Bearer}, and notes the use of a key that opens.
   *
   * @param address where the request came from
   */
  public Result authenticate(String bearer, String address, Instant now) {
    Optional<Secret> parsed = Secret.parse(Secret.Kind.API_KEY, bearer);
    if (parsed.isEmpty()) {
      return new Result.Refused(Reason.MALFORMED, null);
    }
    Secret secret = parsed.get();
    Optional<Row> row = row(secret.id(), now);
    if (row.isEmpty() || !secret.matches(row.get().hash())) {
      return new Result.Refused(Reason.UNKNOWN, secret.id());
    }
    ApiKey key = row.get().key();
    if (key.revokedAt() != null) {
      return new Result.Refused(Reason.REVOKED, secret.id());
    }
    if (key.expiresAt() != null && !now.isBefore(key.expiresAt())) {
      return new Result.Refused(Reason.EXPIRED, secret.id());
    }
    noteUse(row.get(), address, now);
    return new Result.Authenticated(key);
  }

  /** Once a minute; a use that cannot be noted is a use all the same. */
  private void noteUse(Row row, String address, Instant now) {
    ApiKey key = row.key();
    Instant noted = key.lastUsedAt();
    if (noted != null && now.isBefore(noted.plus(USE_NOTED))) {
      return;
    }
    // Of many requests at once one notes it; where the key was revoked meanwhile none does.
    if (!remembered.replace(
        key.id(), row, new Row(key.used(now, address), row.hash(), row.readAt()))) {
      return;
    }
    try {
      var _ =
          database.query(
              connection -> {
                try (PreparedStatement update =
                    connection.prepareStatement(
                        "UPDATE api_key SET last_used_at = ?, last_used_address = ? WHERE id = ?"
                            + " AND (last_used_at IS NULL OR last_used_at < ?)")) {
                  update.setObject(1, Timestamps.of(now));
                  update.setString(2, address);
                  update.setString(3, key.id());
                  update.setObject(4, Timestamps.of(now));
                  return update.executeUpdate();
                }
              });
    } catch (DatabaseException e) {
      LOG.debug("The use of API key {} was not noted", key.id(), e);
    }
  }

  /** What a key is called, revoked or not. */
  public Optional<String> name(String id, Instant now) {
    return row(id, now).map(row -> row.key().name());
  }

  /** Only keys that exist are remembered: guesses push nothing out. */
  private Optional<Row> row(String id, Instant now) {
    Row known = remembered.get(id);
    if (known != null
        && !now.isBefore(known.readAt())
        && now.isBefore(known.readAt().plus(STALENESS))) {
      return Optional.of(known);
    }
    // The age counts from before the query: a revocation in between is not overlooked for longer.
    Optional<Row> read = read(id, now);
    read.ifPresentOrElse(row -> remembered.put(id, row), () -> remembered.remove(id));
    return read;
  }

  private Optional<Row> read(String id, Instant now) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT " + COLUMNS + ", secret_hash FROM api_key WHERE id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
              return row.next()
                  ? Optional.of(new Row(key(row), row.getBytes("secret_hash"), now))
                  : Optional.empty();
            }
          }
        });
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    Array texts = row.getArray("scopes");
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Object text : (Object[]) texts.getArray()) {
      Scope.of((String) text).ifPresent(scopes::add);
    }
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        Collections.unmodifiableSet(scopes),
        Timestamps.get(row, "created_at"),
        Timestamps.getOrNull(row, "expires_at"),
        Timestamps.getOrNull(row, "revoked_at"),
        Timestamps.getOrNull(row, "last_used_at"),
        row.getString("last_used_address"));
  }
}
