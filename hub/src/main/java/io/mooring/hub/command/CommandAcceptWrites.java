package io.mooring.hub.command;

import io.mooring.hub.command.CommandAccept.Entry;
import io.mooring.hub.command.TransitionWrites.Happened;
import io.mooring.hub.command.TransitionWrites.Transition;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
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

/** Makes accepted commands durable, many at a time. */
final class CommandAcceptWrites implements Write.Kind<CommandAccept> {
  private static final String INSERT =
      """
      INSERT INTO command (id, device_key, name, content_type, payload, state, created_at, changed_at, expires_at,
                           caller, idempotency_key, request_digest, retry_of, job_id)
      SELECT u.id, u.device_key, u.name, u.content_type, u.payload, 'queued', u.at, u.at, u.expires_at,
             u.caller, u.idempotency_key, u.digest, u.retry_of, u.job_id
      FROM unnest(?::uuid[], ?::int[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[], ?::timestamptz[],
                  ?::text[], ?::text[], ?::bytea[], ?::uuid[], ?::uuid[])
        WITH ORDINALITY AS u(id, device_key, name, content_type, payload, at, expires_at, caller, idempotency_key,
                             digest, retry_of, job_id, n)
      ORDER BY u.n
      ON CONFLICT DO NOTHING
      RETURNING id, ordinal
      """;

  private static final String EXISTING =
      """
      SELECT u.n, c.* FROM unnest(?::uuid[], ?::text[], ?::text[]) WITH ORDINALITY AS u(id, caller, key, n)
      CROSS JOIN LATERAL (
        SELECT * FROM command WHERE id = u.id
        UNION ALL
        SELECT * FROM command WHERE caller = u.caller AND idempotency_key = u.key
        LIMIT 1) c
      """;

  private final TransitionWrites transitions;
  private final Consumer<Command> relay;

  /**
   * @param relay told of each new command after its commit, in order
   */
  CommandAcceptWrites(TransitionWrites transitions, Consumer<Command> relay) {
    this.transitions = transitions;
    this.relay = relay;
  }

  @Override
  public Class<CommandAccept> type() {
    return CommandAccept.class;
  }

  @Override
  public void write(Connection connection, List<CommandAccept> writes, boolean careful)
      throws SQLException {
    writes.forEach(accept -> accept.happened = new Happened());
    Happened happened = writes.getFirst().happened;
    List<Entry> entries = new ArrayList<>();
    writes.forEach(accept -> entries.addAll(accept.entries));
    Map<UUID, Long> ordinals = insert(connection, released(connection, entries, happened));
    List<Transition> accepted = new ArrayList<>(entries.size());
    List<Entry> there = new ArrayList<>();
    for (Entry entry : entries) {
      Long ordinal = ordinals.get(entry.id);
      entry.accepted = null;
      entry.inserted = ordinal != null;
      if (ordinal == null) {
        there.add(entry);
      } else {
        entry.accepted = new Commands.Accepted.Durable(queued(entry, ordinal), false);
        accepted.add(transition(entry));
      }
    }
    if (!there.isEmpty()) {
      existing(connection, there);
    }
    List<Event.Durable> events = transitions.append(connection, accepted, happened);
    CommandAuditWrites.accepted(connection, writes, events);
  }

  /** Without those that their jobs do not release: they run no more, or the device has gone on. */
  private static List<Entry> released(Connection connection, List<Entry> entries, Happened happened)
      throws SQLException {
    List<Entry> ofJobs = entries.stream().filter(entry -> entry.request.job() != null).toList();
    if (ofJobs.isEmpty()) {
      return entries;
    }
    JobDeviceWrites.Claimed claimed = JobDeviceWrites.claim(connection, ofJobs);
    happened.add(List.of(), claimed.jobs());
    return entries.stream()
        .filter(entry -> entry.request.job() == null || claimed.commands().contains(entry.id))
        .toList();
  }

  /** The job is counted already, by the claim. */
  private static Transition transition(Entry entry) {
    Command.Request request = entry.request;
    String cause =
        request.job() == null
            ? "accepted from " + request.caller()
            : "released by job " + request.job();
    EventStore.New event =
        new EventStore.New(
            entry.at,
            request.deviceKey(),
            CommandState.QUEUED.text(),
            null,
            entry.id,
            request.retryOf() == null ? cause : cause + ", to try " + request.retryOf() + " again");
    return new Transition(event, null, null);
  }

  private static Map<UUID, Long> insert(Connection connection, List<Entry> entries)
      throws SQLException {
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    Map<UUID, Long> ordinals = HashMap.newHashMap(entries.size());
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
      insert.setArray(11, rows.uuids(a -> a.request.retryOf()));
      insert.setArray(12, rows.uuids(a -> a.request.job()));
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          ordinals.put(row.getObject(1, UUID.class), row.getLong(2));
        }
      }
    }
    return ordinals;
  }

  private static Command queued(Entry entry, long ordinal) {
    Command.Request request = entry.request;
    return new Command(
        entry.id,
        ordinal,
        request.deviceKey(),
        request.name(),
        request.contentType(),
        request.payload(),
        CommandState.QUEUED,
        0,
        null,
        entry.at,
        entry.at,
        request.expiresAt(),
        null,
        null,
        request.retryOf(),
        request.job());
  }

  /**
   * The commands that took these ones' places: the same requests came before, or this very write
   * did commit. What a job does not release is nowhere.
   */
  private static void existing(Connection connection, List<Entry> entries) throws SQLException {
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    try (PreparedStatement select = connection.prepareStatement(EXISTING)) {
      select.setArray(1, rows.uuids(a -> a.id));
      select.setArray(2, rows.texts(a -> a.request.caller()));
      select.setArray(3, rows.texts(a -> a.request.idempotencyKey()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Entry entry = entries.get((int) row.getLong("n") - 1);
          Command there = CommandStore.read(row);
          entry.accepted =
              MessageDigest.isEqual(entry.digest, row.getBytes("request_digest"))
                  ? new Commands.Accepted.Durable(there, !there.id().equals(entry.id))
                  : new Commands.Accepted.KeyTaken(there.id());
        }
      }
    }
    for (Entry entry : entries) {
      if (entry.accepted == null && entry.request.job() != null) {
        entry.accepted = new Commands.Accepted.NotReleased();
      } else if (entry.accepted == null) {
        throw new SQLException("command " + entry.id + " is neither new nor there", "XX000");
      }
    }
  }

  private void tell(CommandAccept accept) {
    List<Commands.Accepted> outcomes = new ArrayList<>(accept.entries.size());
    for (Entry entry : accept.entries) {
      Commands.Accepted accepted = entry.accepted();
      if (accepted instanceof Commands.Accepted.Durable durable && !durable.repeated()) {
        relay.accept(durable.command());
      }
      outcomes.add(accepted);
    }
    accept.answer.complete(outcomes);
  }

  @Override
  public void committed(List<CommandAccept> writes) {
    transitions.tell(writes.getFirst().happened);
    AfterCommit.each(writes, this::tell);
  }
}
