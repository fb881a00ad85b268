package io.mooring.hub.access;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Who signs in to the admin page. */
public final class Operators {
  /** The operator every new hub has. */
  public static final String FIRST = "admin";

  /** Longest password that is looked at. */
  public static final int PASSWORD_LENGTH = 256;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private record Row(Operator operator, String passwordHash) {}

  private final Database database;
  private final Passwords passwords;
  private final RandomGenerator random;

  public Operators(Database database, Passwords passwords, RandomGenerator random) {
    this.database = database;
    this.passwords = passwords;
    this.random = random;
  }

  /**
   * Makes the first operator, {@link #FIRST}, when there is none at all.
   *
   * @return the new password, to be shown once; empty when operators exist
   */
  public Optional<String> createFirst(Instant now) {
    if (any()) {
      return Optional.empty();
    }
    // 24 base-62 characters: 143 bits
    String password = Secret.characters(random, 24);
    return create(FIRST, password, Role.ADMIN, now) ? Optional.of(password) : Optional.empty();
  }

  /** Adds an operator; false when the name is taken. */
  public boolean create(String name, String password, Role role, Instant now) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("an operator's name matches " + NAME);
    }
    String hash = passwords.encode(password);
    return database.query(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO operator (name, password_hash, role, created_at)"
                      + " VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING")) {
            insert.setString(1, name);
            insert.setString(2, hash);
            insert.setString(3, role.text());
            insert.setObject(4, Timestamps.of(now));
            return insert.executeUpdate() == 1;
          }
        });
  }

  /** Checks a password. Takes as long for a name that nobody has: timing tells no names. */
  public Optional<Operator> verify(String name, String password) {
    if (password.length() > PASSWORD_LENGTH) {
      return Optional.empty();
    }
    Optional<Row> row = NAME.matcher(name).matches() ? read(name) : Optional.empty();
    boolean matches =
        row.map(found -> passwords.matches(password, found.passwordHash()))
            .orElseGet(() -> passwords.matchesNobody(password));
    return matches ? row.map(Row::operator) : Optional.empty();
  }

  private boolean any() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT EXISTS (SELECT FROM operator)");
              ResultSet row = select.executeQuery()) {
            row.next();
            return row.getBoolean(1);
          }
        });
  }

  private Optional<Row> read(String name) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT name, role, password_hash FROM operator WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
              return row.next()
                  ? Optional.of(
                      new Row(
                          new Operator(row.getString("name"), Role.of(row.getString("role"))),
                          row.getString("password_hash")))
                  : Optional.empty();
            }
          }
        });
  }
}
