package io.mooring.hub.access;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Browser sessions of operators, in the table {@code operator_session}. */
public final class OperatorSessions {
  /** How long a sign-in lasts. */
  public static final Duration LIFETIME = Duration.ofHours(12);

  private final Database database;
  private final RandomGenerator random;

  /**
   * Makes the store.
   *
   * @param random where secrets come from: a SecureRandom but in tests
   */
  public OperatorSessions(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  /** Opens a session and clears away the expired ones. */
  public Secret open(String operator, Instant now) {
    Secret secret = Secret.random(Secret.Kind.OPERATOR_SESSION, random);
    return database.transaction(
        connection -> {
          try (PreparedStatement delete =
                  connection.prepareStatement(
                      "DELETE FROM operator_session WHERE expires_at <= ?");
              PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO operator_session"
                          + " (id, secret_hash, operator_name, created_at, expires_at)"
                          + " VALUES (?, ?, ?, ?, ?)")) {
            delete.setObject(1, Timestamps.of(now));
            delete.executeUpdate();
            insert.setString(1, secret.id());
            insert.setBytes(2, secret.hash());
            insert.setString(3, operator);
            insert.setObject(4, Timestamps.of(now));
            insert.setObject(5, Timestamps.of(now.plus(LIFETIME)));
            insert.executeUpdate();
          }
          return secret;
        });
  }

  /** Who holds this cookie; empty when it is malformed, unknown, closed or expired. */
  public Optional<Operator> authenticate(String cookie, Instant now) {
    Optional<Secret> secret = Secret.parse(Secret.Kind.OPERATOR_SESSION, cookie);
    if (secret.isEmpty()) {
      return Optional.empty();
    }
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT s.secret_hash, o.name, o.role FROM operator_session s"
                      + " JOIN operator o ON o.name = s.operator_name"
                      + " WHERE s.id = ? AND s.expires_at > ?")) {
            select.setString(1, secret.get().id());
            select.setObject(2, Timestamps.of(now));
            try (ResultSet row = select.executeQuery()) {
              return row.next() && secret.get().matches(row.getBytes("secret_hash"))
                  ? Optional.of(new Operator(row.getString("name"), Role.of(row.getString("role"))))
                  : Optional.empty();
            }
          }
        });
  }

  /** Closes a session for good; one that is unknown is left alone. */
  public void close(String cookie) {
    Secret.parse(Secret.Kind.OPERATOR_SESSION, cookie)
        .ifPresent(
            secret ->
                database.query(
                    connection -> {
                      try (PreparedStatement delete =
                          connection.prepareStatement(
                              "DELETE FROM operator_session WHERE id = ? AND secret_hash = ?")) {
                        delete.setString(1, secret.id());
                        delete.setBytes(2, secret.hash());
                        return delete.executeUpdate();
                      }
                    }));
  }
}
