package io.mooring.hub.command;

import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes accepted commands durable, many at a time. */
final class CommandAcceptWrites implements Write.Kind<CommandAccept> {
  private static final String INSERT =
      """
      INSERT INTO command (id, device_key, name, content_type, payload, state, created_at, changed_at, expires_at,
                           caller, idempotency_key, request_digest)
      SELECT u.id, u.device_key, u.name, u.content_type, u.payload, 'queued', u.at, u.at, u.expires_at,
             u.caller, u.idempotency_key, u.digest
      FROM unnest(?::uuid[], ?::int[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[], ?::timestamptz[],
                  ?::text[], ?::text[], ?::bytea[])
        WITH ORDINALITY AS u(id, device_key, name, content_type, payload, at, expires_at, caller, idempotency_key, digest, n)
      ORDER BY u.n
      ON CONFLICT DO NOTHING
      RETURNING id, ordinal
      """;

  private static final String EXISTING =
      "SELECT "
          + CommandStore.COLUMNS
          + ", request_digest FROM command WHERE id = ? OR (caller = ? AND idempotency_key = ?)";

  private final EventStore events;
  private final LiveFeed feed;
  private final Consumer<Command> relay;

  /**
   * @param relay told of each new command after its commit, in order
   */
  CommandAcceptWrites(EventStore events, LiveFeed feed, Consumer<Command> relay) {
    this.events = events;
    this.feed = feed;
    this.relay = relay;
  }

  @Override
  public Class<CommandAccept> type() {
    return CommandAccept.class;
  }

  @Override
  public void write(Connection connection, List<CommandAccept> writes, boolean careful)
      throws SQLException {
    writes.forEach(accept -> accept.events = List.of());
    Map<UUID, Long> ordinals = insert(connection, writes);
    List<EventStore.New> happened = new ArrayList<>();
    for (CommandAccept accept : writes) {
      Long ordinal = ordinals.get(accept.id);
      if (ordinal == null) {
        accept.accepted = existing(connection, accept);
      } else {
        accept.accepted = new Commands.Accepted.Durable(queued(accept, ordinal), false);
        happened.add(
            new EventStore.New(
                accept.at,
                accept.request.deviceKey(),
                CommandState.QUEUED.text(),
                null,
                accept.id,
                "accepted from " + accept.request.caller()));
      }
    }
    writes.getFirst().events = events.append(connection, happened);
  }

  private static Map<UUID, Long> insert(Connection connection, List<CommandAccept> writes)
      throws SQLException {
    SqlArrays<CommandAccept> rows = new SqlArrays<>(connection, writes);
    Map<UUID, Long> ordinals = new HashMap<>();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setArray(1, rows.uuids(a -> a.id));
      insert.setArray(2, rows.ints(a -> a.request.deviceKey()));
      insert.setArray(3, rows.texts(a -> a.request.name()));
      insert.setArray(4, rows.texts(a -> a.request.contentType()));
      insert.setArray(5, rows.bytes(a -> a.request.payload()));
      insert.setArray(6, rows.times(a -> a.at));
      insert.setArray(7, rows.times(a -> a.request.expiresAt()));
      insert.setArray(8, rows.texts(a -> a.request.caller()));
      insert.setArray(9, rows.texts(a -> a.request.idempotencyKey()));
      insert.setArray(10, rows.bytes(a -> a.digest));
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          ordinals.put(row.getObject(1, UUID.class), row.getLong(2));
        }
      }
    }
    return ordinals;
  }

  private static Command queued(CommandAccept accept, long ordinal) {
    Command.Request request = accept.request;
    return new Command(
        accept.id,
        ordinal,
        request.deviceKey(),
        request.name(),
        request.contentType(),
        request.payload(),
        CommandState.QUEUED,
        0,
        null,
        accept.at,
        accept.at,
        request.expiresAt(),
        null);
  }

  /**
   * The command that took this one's place: the same request came before, or this very write did
   * commit.
   */
  private static Commands.@Nullable Accepted existing(Connection connection, CommandAccept accept)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(EXISTING)) {
      select.setObject(1, accept.id);
      select.setString(2, accept.request.caller());
      select.setString(3, accept.request.idempotencyKey());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("command " + accept.id + " is neither new nor there", "XX000");
        }
        Command there = CommandStore.read(row);
        return MessageDigest.isEqual(accept.digest, row.getBytes("request_digest"))
            ? new Commands.Accepted.Durable(there, !there.id().equals(accept.id))
            : new Commands.Accepted.KeyTaken(there.id());
      }
    }
  }

  private void tell(CommandAccept accept) {
    Commands.Accepted accepted = accept.accepted;
    if (accepted instanceof Commands.Accepted.Durable durable && !durable.repeated()) {
      relay.accept(durable.command());
    }
    if (accepted != null) {
      accept.answer.complete(accepted);
    }
  }

  @Override
  public void committed(List<CommandAccept> writes) {
    feed.publish(writes.getFirst().events);
    AfterCommit.each(writes, this::tell);
  }
}
