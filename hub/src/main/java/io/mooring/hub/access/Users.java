package io.mooring.hub.access;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign in: made, listed, changed, deleted. Whatever takes rights away ends the user's
 * sessions in the same transaction, and an admin who may sign in always remains.
 */
public final class Users {
  /** The user every new hub has. */
  public static final String FIRST = "admin";

  /** What a name is. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  /** How a change of a user ended. */
  public sealed interface Outcome {
    /** As asked for; the user as it is now, or was when it was deleted. */
    record Done(User user) implements Outcome {}

    /** Nobody has this name. */
    record Unknown() implements Outcome {}

    /** It is not as the caller knows it; nothing was changed. */
    record Stale() implements Outcome {}

    /** It is the only admin who may sign in: nobody could manage the hub afterwards. */
    record LastAdmin() implements Outcome {}
  }

  /** A user with the one-time password just made, which nobody can read again. */
  public record Invited(User user, String password) {
    @Override
    public String toString() {
      return "Invited[user=" + user + "]";
    }
  }

  private final Database database;
  private final Passwords passwords;
  private final RandomGenerator random;
  private final Duration oneTimeLifetime;

  /**
   * Makes the store.
   *
   * @param random where one-time passwords come from: a SecureRandom but in tests
   * @param oneTimeLifetime how long a one-time password opens
   */
  public Users(
      Database database, Passwords passwords, RandomGenerator random, Duration oneTimeLifetime) {
    this.database = database;
    this.passwords = passwords;
    this.random = random;
    this.oneTimeLifetime = oneTimeLifetime;
  }

  /**
   * Makes the first user, {@link #FIRST}, an admin, when there is no admin at all.
   *
   * @param lasting whether the password may be kept; else it is a one-time one
   * @return the new password, to be shown once; empty when there are admins, or the name belongs to
   *     somebody else
   */
  public Optional<String> createFirst(boolean lasting, Actor by, Instant now) {
    if (list().stream().anyMatch(user -> user.role() == Role.ADMIN)) {
      return Optional.empty();
    }
    Instant end = lasting ? null : now.plus(oneTimeLifetime);
    return create(FIRST, Role.ADMIN, end, null, by, now).map(Invited::password);
  }

  /** Adds a user with a one-time password; empty when the name is taken, in whatever case. */
  public Optional<Invited> create(
      String name, Role role, @Nullable Once once, Actor by, Instant now) {
    return create(name, role, now.plus(oneTimeLifetime), once, by, now);
  }

  private Optional<Invited> create(
      String name,
      Role role,
      @Nullable Instant expiresAt,
      @Nullable Once once,
      Actor by,
      Instant now) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a user's name matches " + NAME);
    }
    String password = Passwords.draw(random);
    String hash = passwords.encode(password);
    return database.transaction(
        connection -> {
          Once.claim(once, connection, "users/" + name, now);
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO user_account"
                      + " (name, password_hash, role, created_at, password_expires_at)"
                      + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING "
                      + UserQueries.COLUMNS)) {
            insert.setString(1, name);
            insert.setString(2, hash);
            insert.setString(3, role.text());
            insert.setObject(4, Timestamps.of(now));
            insert.setObject(5, Timestamps.ofNullable(expiresAt));
            List<User> made = UserQueries.read(insert);
            if (made.isEmpty()) {
              Once.release(once, connection);
              return Optional.empty();
            }
            AuditStore.append(
                connection, change("create", name, by, now).after("role", role.text()));
            return Optional.of(new Invited(made.getFirst(), password));
          }
        });
  }

  /** All users by their names. */
  public List<User> list() {
    return database.query(connection -> select(connection, "ORDER BY lower(name)", null));
  }

  /** The user of this name, in whatever case. */
  public Optional<User> find(String name) {
    return database.query(connection -> find(connection, name, ""));
  }

  /**
   * Gives a user another role, or turns it off or on; null: stays as it is. Ends its sessions when
   * anything changes; nothing does unless {@code asKnown} takes its {@link User#version}.
   */
  public Outcome change(
      String name,
      @Nullable Role role,
      @Nullable Boolean enabled,
      Predicate<String> asKnown,
      Actor by,
      Instant now) {
    return change(
        name,
        asKnown,
        (connection, user) -> {
          Role newRole = role == null ? user.role() : role;
          boolean newEnabled = enabled == null ? user.enabled() : enabled;
          if (newRole == user.role() && newEnabled == user.enabled()) {
            return new Outcome.Done(user);
          }
          if ((newRole != Role.ADMIN || !newEnabled) && isLastAdmin(connection, user, now)) {
            return new Outcome.LastAdmin();
          }
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE user_account SET role = ?, enabled = ? WHERE name = ? RETURNING "
                      + UserQueries.COLUMNS)) {
            update.setString(1, newRole.text());
            update.setBoolean(2, newEnabled);
            update.setString(3, user.name());
            User now2 = UserQueries.read(update).getFirst();
            endSessions(connection, user);
            AuditStore.append(
                connection, sides(change("change", user.name(), by, now), user, now2));
            return new Outcome.Done(now2);
          }
        });
  }

  private static Change sides(Change change, User before, User after) {
    return change
        .before("role", before.role().text())
        .before("enabled", before.enabled())
        .after("role", after.role().text())
        .after("enabled", after.enabled());
  }

  /** Deletes a user with its sessions; what it did stays in the audit log. */
  public Outcome delete(String name, Predicate<String> asKnown, Actor by, Instant now) {
    return change(
        name,
        asKnown,
        (connection, user) -> {
          if (isLastAdmin(connection, user, now)) {
            return new Outcome.LastAdmin();
          }
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM user_account WHERE name = ?")) {
            delete.setString(1, user.name());
            delete.executeUpdate();
          }
          AuditStore.append(
              connection,
              change("delete", user.name(), by, now)
                  .before("role", user.role().text())
                  .before("enabled", user.enabled()));
          return new Outcome.Done(user);
        });
  }

  /** Gives a user a new one-time password and ends its sessions; empty when nobody has the name. */
  public Optional<Invited> resetPassword(String name, Actor by, Instant now) {
    String password = Passwords.draw(random);
    String hash = passwords.encode(password);
    Outcome outcome =
        change(
            name,
            _ -> true,
            (connection, user) -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE user_account SET password_hash = ?, password_expires_at = ?"
                          + " WHERE name = ? RETURNING "
                          + UserQueries.COLUMNS)) {
                update.setString(1, hash);
                update.setObject(2, Timestamps.of(now.plus(oneTimeLifetime)));
                update.setString(3, user.name());
                User reset = UserQueries.read(update).getFirst();
                endSessions(connection, user);
                AuditStore.append(connection, change("reset-password", user.name(), by, now));
                return new Outcome.Done(reset);
              }
            });
    return outcome instanceof Outcome.Done(User user)
        ? Optional.of(new Invited(user, password))
        : Optional.empty();
  }

  /** What is done to a user that is there, whose row is locked. */
  @FunctionalInterface
  private interface Step {
    Outcome on(Connection connection, User user) throws SQLException;
  }

  /** All admins are locked first, in one order: two of them cannot turn each other off at once. */
  private Outcome change(String name, Predicate<String> asKnown, Step step) {
    return database.transaction(
        connection -> {
          var _ = select(connection, "WHERE role = 'admin' ORDER BY name FOR UPDATE", null);
          Optional<User> user = find(connection, name, " FOR UPDATE");
          if (user.isEmpty()) {
            return new Outcome.Unknown();
          }
          boolean known = asKnown.test(user.get().version());
          return known ? step.on(connection, user.get()) : new Outcome.Stale();
        });
  }

  private static boolean isLastAdmin(Connection connection, User user, Instant now)
      throws SQLException {
    return user.role() == Role.ADMIN
        && user.enabled()
        && select(connection, "WHERE role = 'admin' AND enabled", null).stream()
            .allMatch(admin -> admin.name().equals(user.name()) || admin.isTooLate(now));
  }

  private static void endSessions(Connection connection, User user) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM user_session WHERE user_name = ?")) {
      delete.setString(1, user.name());
      delete.executeUpdate();
    }
  }

  private static Change change(String what, String name, Actor by, Instant now) {
    return Change.of(by, now, "user." + what, "users/" + name);
  }

  private static Optional<User> find(Connection connection, String name, String lock)
      throws SQLException {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    return select(connection, "WHERE lower(name) = lower(?)" + lock, name).stream().findFirst();
  }

  private static List<User> select(Connection connection, String rest, @Nullable String name)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT " + UserQueries.COLUMNS + " FROM user_account " + rest)) {
      if (name != null) {
        select.setString(1, name);
      }
      return UserQueries.read(select);
    }
  }
}
