package io.mooring.hub.access;

import io.mooring.hub.access.UserPasswords.Verdict;
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
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Browser sessions of users, in the table {@code user_session}. */
public final class UserSessions {
  /** So many may be open for one user: each further one ends the oldest. */
  static final int MOST = 100;

  private static final String END_OLDEST =
      """
      DELETE FROM user_session WHERE id IN (
        SELECT id FROM user_session WHERE user_name = ? ORDER BY created_at DESC, id OFFSET %d)
      """
          .formatted(MOST - 1);

  private final Database database;
  private final RandomGenerator random;
  private final Duration lifetime;

  /**
   * Makes the store.
   *
   * @param random where secrets come from: a SecureRandom but in tests
   * @param lifetime how long a sign-in lasts
   */
  public UserSessions(Database database, RandomGenerator random, Duration lifetime) {
    this.database = database;
    this.random = random;
    this.lifetime = lifetime;
  }

  /** How long a sign-in lasts. */
  public Duration lifetime() {
    return lifetime;
  }

  /**
   * Opens a session, and clears away the expired ones and those that are too many.
   *
   * @param proven by the password that the user still has when the session opens: one that is taken
   *     away meanwhile opens nothing
   * @return empty when it was
   */
  public Optional<Secret> open(Verdict.Right proven, Actor by, Instant now) {
    Secret secret = Secret.random(Secret.Kind.USER_SESSION, random);
    String name = proven.user().name();
    return database.transaction(
        connection -> {
          if (!noteSignIn(connection, proven, now)) {
            return Optional.empty();
          }
          try (PreparedStatement delete =
                  connection.prepareStatement("DELETE FROM user_session WHERE expires_at <= ?");
              PreparedStatement endOldest = connection.prepareStatement(END_OLDEST);
              PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO user_session"
                          + " (id, secret_hash, user_name, created_at, expires_at)"
                          + " VALUES (?, ?, ?, ?, ?)")) {
            delete.setObject(1, Timestamps.of(now));
            delete.executeUpdate();
            endOldest.setString(1, name);
            endOldest.executeUpdate();
            insert.setString(1, secret.id());
            insert.setBytes(2, secret.hash());
            insert.setString(3, name);
            insert.setObject(4, Timestamps.of(now));
            insert.setObject(5, Timestamps.of(now.plus(lifetime)));
            insert.executeUpdate();
          }
          AuditStore.append(connection, Change.of(by, now, "session.open", "users/" + name));
          return Optional.of(secret);
        });
  }

  /** Locks the user's row: whoever takes rights away comes before, or finds the session. */
  private static boolean noteSignIn(Connection connection, Verdict.Right proven, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE user_account SET last_sign_in_at = ?"
                + " WHERE name = ? AND password_hash = ? AND enabled")) {
      update.setObject(1, Timestamps.of(now));
      update.setString(2, proven.user().name());
      update.setString(3, proven.hash);
      return update.executeUpdate() == 1;
    }
  }

  /** Who holds this cookie; empty when it is malformed, unknown, closed or expired. */
  public Optional<User> authenticate(String cookie, Instant now) {
    Optional<Secret> secret = Secret.parse(Secret.Kind.USER_SESSION, cookie);
    if (secret.isEmpty()) {
      return Optional.empty();
    }
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT s.secret_hash, u.* FROM user_session s"
                      + " JOIN user_account u ON u.name = s.user_name"
                      + " WHERE s.id = ? AND s.expires_at > ? AND u.enabled")) {
            select.setString(1, secret.get().id());
            select.setObject(2, Timestamps.of(now));
            try (ResultSet row = select.executeQuery()) {
              return row.next() && secret.get().matches(row.getBytes("secret_hash"))
                  ? Optional.of(UserQueries.read(row))
                  : Optional.empty();
            }
          }
        });
  }

  /** Closes a session for good; false when it is unknown. */
  public boolean close(String cookie, Actor by, Instant now) {
    Optional<Secret> secret = Secret.parse(Secret.Kind.USER_SESSION, cookie);
    if (secret.isEmpty()) {
      return false;
    }
    return database.transaction(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "DELETE FROM user_session WHERE id = ? AND secret_hash = ?"
                      + " RETURNING user_name")) {
            delete.setString(1, secret.get().id());
            delete.setBytes(2, secret.get().hash());
            try (ResultSet row = delete.executeQuery()) {
              boolean closed = row.next();
              if (closed) {
                AuditStore.append(
                    connection,
                    Change.of(by, now, "session.close", "users/" + row.getString("user_name")));
              }
              return closed;
            }
          }
        });
  }
}
