package io.mooring.hub.access;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the passwords of users, and lets them choose others. */
public final class UserPasswords {
  /** What a name and a password are worth. */
  public sealed interface Verdict {
    /** The right password of somebody who may sign in. */
    final class Right implements Verdict {
      private final User user;

      /** As it was checked: what is done with this verdict counts only while it is the same. */
      final String hash;

      private Right(User user, String hash) {
        this.user = user;
        this.hash = hash;
      }

      public User user() {
        return user;
      }
    }

    /**
     * Not the password, or nobody's name.
     *
     * @param user whose name it is, for the log and never for the answer; null: nobody's
     */
    record Wrong(@Nullable User user) implements Verdict {}

    /** The right password of a user who is turned off. */
    record Disabled(User user) implements Verdict {}

    /** The right one-time password, too late. */
    record Expired(User user) implements Verdict {}
  }

  private record Row(User user, String hash) {}

  private final Database database;
  private final Passwords passwords;
  private final int shortest;

  /**
   * @param shortest fewest characters of a password that a user chooses
   */
  public UserPasswords(Database database, Passwords passwords, int shortest) {
    this.database = database;
    this.passwords = passwords;
    this.shortest = shortest;
  }

  /**
   * Checks a password. Takes as long for a name that nobody has, and says more than {@code Wrong}
   * only to who has the password: neither timing nor words tell names.
   */
  public Verdict verify(String name, String password, Instant now) {
    if (password.length() > Passwords.LONGEST) {
      return new Verdict.Wrong(null);
    }
    Optional<Row> row = Users.NAME.matcher(name).matches() ? read(name) : Optional.empty();
    boolean matches =
        row.map(found -> passwords.matches(password, found.hash()))
            .orElseGet(() -> passwords.matchesNobody(password));
    return matches
        ? right(row.orElseThrow(), password, now)
        : new Verdict.Wrong(row.map(Row::user).orElse(null));
  }

  private Verdict right(Row row, String password, Instant now) {
    User user = row.user();
    if (!user.enabled()) {
      return new Verdict.Disabled(user);
    }
    if (user.isTooLate(now)) {
      return new Verdict.Expired(user);
    }
    String hash = row.hash();
    if (passwords.isOutdated(hash)) {
      String stronger = passwords.encode(password);
      if (replace(user.name(), hash, stronger)) {
        hash = stronger;
      }
    }
    return new Verdict.Right(user, hash);
  }

  /** What is wrong with a password that a user wants, as a sentence; null: nothing. */
  public @Nullable String problem(User user, String current, String next) {
    int length = next.codePointCount(0, next.length());
    if (length < shortest || next.length() > Passwords.LONGEST) {
      return "Must have %d to %d characters, not %d."
          .formatted(shortest, Passwords.LONGEST, length);
    }
    if (next.equals(current)) {
      return "Must be another one than now.";
    }
    String lower = next.toLowerCase(Locale.ROOT);
    if (lower.replace(user.name().toLowerCase(Locale.ROOT), "").length() < shortest / 2) {
      return "Must not be made of the user's name.";
    }
    if (lower.chars().distinct().count() < 5) {
      return "Must have at least 5 different characters.";
    }
    return null;
  }

  /**
   * Gives the user another password, which has no {@link #problem}, and ends all its sessions.
   *
   * @return what the new password is worth; empty when the old one was changed meanwhile
   */
  public Optional<Verdict.Right> change(Verdict.Right proven, String next, Actor by, Instant now) {
    String name = proven.user().name();
    String hash = passwords.encode(next);
    return database.transaction(
        connection -> {
          try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE user_account SET password_hash = ?, password_expires_at = NULL"
                          + " WHERE name = ? AND password_hash = ? AND enabled RETURNING "
                          + UserQueries.COLUMNS);
              PreparedStatement delete =
                  connection.prepareStatement("DELETE FROM user_session WHERE user_name = ?")) {
            update.setString(1, hash);
            update.setString(2, name);
            update.setString(3, proven.hash);
            try (ResultSet row = update.executeQuery()) {
              if (!row.next()) {
                return Optional.empty();
              }
              delete.setString(1, name);
              delete.executeUpdate();
              AuditStore.append(
                  connection, Change.of(by, now, "user.change-password", "users/" + name));
              return Optional.of(new Verdict.Right(UserQueries.read(row), hash));
            }
          }
        });
  }

  private boolean replace(String name, String old, String stronger) {
    return database.query(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE user_account SET password_hash = ?"
                      + " WHERE name = ? AND password_hash = ?")) {
            update.setString(1, stronger);
            update.setString(2, name);
            update.setString(3, old);
            return update.executeUpdate() == 1;
          }
        });
  }

  private Optional<Row> read(String name) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT password_hash, "
                      + UserQueries.COLUMNS
                      + " FROM user_account WHERE lower(name) = lower(?)")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
              return row.next()
                  ? Optional.of(new Row(UserQueries.read(row), row.getString("password_hash")))
                  : Optional.empty();
            }
          }
        });
  }
}
