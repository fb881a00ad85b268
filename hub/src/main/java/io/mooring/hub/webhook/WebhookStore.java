package io.mooring.hub.webhook;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.secret.Secret;
import java.net.URI;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code webhook}. */
final class WebhookStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TAGS = new TypeReference<>() {};
  private static final int ID_CHARACTERS = 12;

  /** It begins with what is committed from now on. */
  private static final String INSERT =
      """
      INSERT INTO webhook (id, name, url, secret, types, devices, tags, created_at, position)
      VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, (SELECT coalesce(max(id), 0) FROM event)) RETURNING *
      """;

  private static final String UPDATE =
      """
      UPDATE webhook SET name = ?, url = ?, types = ?, devices = ?, tags = ?::jsonb, disabled_cause = ?, failing_since = ?
      WHERE id = ? RETURNING *
      """;

  private static final String ROTATE =
      """
      UPDATE webhook SET previous_secret = secret, previous_until = ?, secret = ? WHERE id = ? RETURNING *
      """;

  private final Database database;
  private final RandomGenerator random;

  WebhookStore(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  /** Empty: there are {@code most} already. */
  Optional<Webhook> create(
      Webhooks.Draft draft, int most, @Nullable Once once, Actor by, Instant now) {
    String id = Secret.characters(random, ID_CHARACTERS);
    return database.transaction(
        connection -> {
          Once.claim(once, connection, "webhooks/" + id, now);
          if (count(connection) >= most) {
            Once.release(once, connection);
            return Optional.empty();
          }
          try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, id);
            insert.setString(2, draft.name());
            insert.setString(3, draft.url().toString());
            insert.setBytes(4, SigningSecret.random(random).key());
            set(insert, 5, connection, draft.filter());
            insert.setObject(8, Timestamps.of(now));
            Webhook made = read(insert).getFirst();
            Change change = change(id, "create", by, now);
            AuditStore.append(connection, after(change, made));
            return Optional.of(made);
          }
        });
  }

  /** Counts them; nobody else adds one before the transaction is over. */
  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE webhook IN SHARE ROW EXCLUSIVE MODE");
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM webhook")) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** All of them, oldest first. */
  List<Webhook> list() {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("SELECT * FROM webhook ORDER BY created_at, id")) {
            return read(select);
          }
        });
  }

  Optional<Webhook> find(String id) {
    return database.query(connection -> find(connection, id, ""));
  }

  private static Optional<Webhook> find(Connection connection, String id, String lock)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM webhook WHERE id = ?" + lock)) {
      select.setString(1, id);
      return read(select).stream().findFirst();
    }
  }

  /**
   * Empty: there is none of this id. What failed before it is enabled again, or gets another URL,
   * counts no more, and what waits is due at once.
   */
  Optional<Webhook> change(
      String id, WebhookChange edit, Predicate<String> asKnown, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          Optional<Webhook> found = lock(connection, id, asKnown);
          if (found.isEmpty()) {
            return found;
          }
          Webhook before = found.get();
          boolean enabled = edit.enabled() == null ? before.enabled() : edit.enabled();
          URI url = edit.url() == null ? before.url() : edit.url();
          boolean anew = (enabled && !before.enabled()) || !url.equals(before.url());
          Webhook.Cause cause = before.enabled() ? Webhook.Cause.OPERATOR : before.disabled();
          try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setString(1, edit.name() == null ? before.name() : edit.name());
            update.setString(2, url.toString());
            set(update, 3, connection, edit.applied(before.filter()));
            update.setString(6, enabled || cause == null ? null : cause.text());
            update.setObject(7, Timestamps.ofNullable(anew ? null : before.failingSince()));
            update.setString(8, id);
            Webhook after = read(update).getFirst();
            if (anew) {
              DeliveryStore.hurry(connection, id, now);
            }
            Change change = before(change(id, "change", by, now), before);
            AuditStore.append(connection, after(change, after));
            return Optional.of(after);
          }
        });
  }

  /** Throws where it is not as the caller knows it. */
  private static Optional<Webhook> lock(Connection connection, String id, Predicate<String> asKnown)
      throws SQLException {
    Optional<Webhook> found = find(connection, id, " FOR UPDATE");
    if (found.isPresent() && !asKnown.test(found.get().version())) {
      throw new Webhook.Stale();
    }
    return found;
  }

  /** The former secret signs too, for a while. Empty: there is no webhook of this id. */
  Optional<Webhook> rotateSecret(
      String id, Duration overlap, @Nullable Once once, Actor by, Instant now) {
    SigningSecret secret = SigningSecret.random(random);
    return database.transaction(
        connection -> {
          Once.claim(once, connection, Webhook.targetOf(id, secret), now);
          try (PreparedStatement update = connection.prepareStatement(ROTATE)) {
            update.setObject(1, Timestamps.of(now.plus(overlap)));
            update.setBytes(2, secret.key());
            update.setString(3, id);
            List<Webhook> rotated = read(update);
            if (rotated.isEmpty()) {
              Once.release(once, connection);
            } else {
              AuditStore.append(
                  connection,
                  change(id, "rotate-secret", by, now)
                      .after("previousSecretUntil", now.plus(overlap)));
            }
            return rotated.stream().findFirst();
          }
        });
  }

  /** Deletes one with what waits for it. False: there is none of this id. */
  boolean delete(String id, Predicate<String> asKnown, Actor by, Instant now) {
    return database.transaction(
        connection -> {
          // First the row, which whoever adds deliveries locks too.
          if (lock(connection, id, asKnown).isEmpty()) {
            return false;
          }
          try (PreparedStatement delete =
                  connection.prepareStatement("DELETE FROM webhook WHERE id = ? RETURNING *");
              PreparedStatement waiting =
                  connection.prepareStatement(
                      "DELETE FROM webhook_delivery WHERE webhook_id = ? AND state = 'pending'")) {
            delete.setString(1, id);
            List<Webhook> deleted = read(delete);
            waiting.setString(1, id);
            waiting.executeUpdate();
            AuditStore.append(
                connection, before(change(id, "delete", by, now), deleted.getFirst()));
            return true;
          }
        });
  }

  static Change change(String id, String what, Actor by, Instant now) {
    return Change.of(by, now, "webhook." + what, "webhooks/" + id);
  }

  private static Change before(Change change, Webhook webhook) {
    return change
        .before("name", webhook.name())
        .before("url", webhook.url())
        .before("types", webhook.filter().types().stream().sorted().toList())
        .before("devices", webhook.filter().devices().stream().sorted().toList())
        .before("tags", webhook.filter().tags())
        .before("enabled", webhook.enabled());
  }

  private static Change after(Change change, Webhook webhook) {
    return change
        .after("name", webhook.name())
        .after("url", webhook.url())
        .after("types", webhook.filter().types().stream().sorted().toList())
        .after("devices", webhook.filter().devices().stream().sorted().toList())
        .after("tags", webhook.filter().tags())
        .after("enabled", webhook.enabled());
  }

  private static void set(
      PreparedStatement statement, int from, Connection connection, Webhook.Filter filter)
      throws SQLException {
    statement.setArray(from, texts(connection, filter.types()));
    statement.setArray(from + 1, texts(connection, filter.devices()));
    statement.setString(from + 2, JSON.writeValueAsString(filter.tags()));
  }

  private static Array texts(Connection connection, Set<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.stream().sorted().toArray());
  }

  static List<Webhook> read(PreparedStatement statement) throws SQLException {
    List<Webhook> webhooks = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        byte[] previous = row.getBytes("previous_secret");
        webhooks.add(
            new Webhook(
                row.getString("id"),
                row.getString("name"),
                URI.create(row.getString("url")),
                new Webhook.Filter(
                    Set.of((String[]) row.getArray("types").getArray()),
                    Set.of((String[]) row.getArray("devices").getArray()),
                    JSON.readValue(row.getString("tags"), TAGS)),
                new Webhook.Secrets(
                    new SigningSecret(row.getBytes("secret")),
                    previous == null ? null : new SigningSecret(previous),
                    Timestamps.getOrNull(row, "previous_until")),
                Webhook.Cause.of(row.getString("disabled_cause")),
                row.getLong("position"),
                Timestamps.get(row, "created_at"),
                Timestamps.getOrNull(row, "failing_since")));
      }
    }
    return webhooks;
  }
}
