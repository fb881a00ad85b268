package io.mooring.hub.command;

import io.mooring.hub.audit.Change;
import io.mooring.hub.command.CommandAccept.Entry;
import io.mooring.hub.command.CommandAccept.Place;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes accepted commands durable, many at a time. */
final class CommandAcceptWrites implements Write.Kind<CommandAccept> {
  /** From so many on, fewer statements cost less than fewer round trips. */
  private static final int MANY = 64;

  private static final String EXISTING =
      """
      SELECT u.n, c.* FROM unnest(?::uuid[], ?::text[], ?::text[]) WITH ORDINALITY AS u(id, caller, key, n)
      CROSS JOIN LATERAL (
        SELECT * FROM command WHERE id = u.id
        UNION ALL
        SELECT * FROM command WHERE caller = u.caller AND idempotency_key = u.key
        LIMIT 1) c
      """;

  /** Is told of new commands after their commit, in order. */
  interface Relay {
    /**
     * A command is committed.
     *
     * @param place where it stands; null: nobody asked
     * @param waiter completes once it has ended; null: nobody waits for that
     */
    void accepted(
        Command command, @Nullable Place place, @Nullable CompletableFuture<Command> waiter);
  }

  private final TransitionWrites transitions;
  private final boolean shared;
  private final Relay relay;

  /**
   * @param shared whether other hubs may hold the sessions, and accept commands, too
   */
  CommandAcceptWrites(TransitionWrites transitions, boolean shared, Relay relay) {
    this.transitions = transitions;
    this.shared = shared;
    this.relay = relay;
  }

  @Override
  public Class<CommandAccept> type() {
    return CommandAccept.class;
  }

  @Override
  public boolean leavesMark(List<CommandAccept> writes) {
    int entries = 0;
    for (CommandAccept accept : writes) {
      entries += accept.entries.size();
      if (entries >= MANY || accept.entries.stream().anyMatch(e -> e.request.job() != null)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void write(Connection connection, List<CommandAccept> writes, boolean careful)
      throws SQLException {
    writeAll(connection, writes, careful, null);
  }

  @Override
  public void writeAndMark(
      Connection connection, List<CommandAccept> writes, boolean careful, UUID mark)
      throws SQLException {
    writeAll(connection, writes, careful, mark);
  }

  private void writeAll(
      Connection connection, List<CommandAccept> writes, boolean careful, @Nullable UUID mark)
      throws SQLException {
    writes.forEach(accept -> accept.happened = new Happened());
    Happened happened = writes.getFirst().happened;
    List<Entry> entries = new ArrayList<>();
    writes.forEach(accept -> entries.addAll(accept.entries));
    Set<Entry> released = released(connection, entries, happened);
    List<Entry> toInsert = entries.stream().filter(released::contains).toList();
    boolean few = leavesMark(writes);
    Map<UUID, Long> ordinals =
        few
            ? insertFew(connection, writes, toInsert, mark, happened)
            : !careful && entries.stream().allMatch(Entry::isNew)
                ? CommandInsertWrites.insertNew(connection, toInsert)
                : CommandInsertWrites.insert(connection, toInsert);
    if (ordinals.size() < toInsert.size()
        && CommandInsertWrites.giveUpKeys(connection, toInsert) > 0) {
      ordinals.putAll(
          few
              ? insertFew(connection, writes, toInsert, null, happened)
              : CommandInsertWrites.insert(connection, toInsert));
    }
    List<Entry> there = new ArrayList<>();
    List<Transition> accepted = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Long ordinal = ordinals.get(entry.id);
      entry.accepted = null;
      entry.place = few ? entry.place : null;
      entry.inserted = ordinal != null;
      if (ordinal == null) {
        there.add(entry);
      } else {
        entry.accepted = new Commands.Accepted.Durable(queued(entry, ordinal), false);
        accepted.add(new Transition(event(entry), null, null));
      }
    }
    if (!there.isEmpty()) {
      existing(connection, there, released);
    }
    if (!few) {
      transitions.append(connection, accepted, happened);
    }
    CommandAuditWrites.accepted(
        connection,
        few ? writes.stream().filter(accept -> accept.entries.size() > 1).toList() : writes,
        happened.events());
  }

  private Map<UUID, Long> insertFew(
      Connection connection,
      List<CommandAccept> writes,
      List<Entry> entries,
      @Nullable UUID mark,
      Happened happened)
      throws SQLException {
    List<@Nullable Change> changes = new ArrayList<>(entries.size());
    for (CommandAccept accept : writes) {
      boolean alone = accept.entries.size() == 1;
      accept.entries.forEach(e -> changes.add(alone ? CommandAuditWrites.accepted(e) : null));
    }
    List<Event.Durable> appended = new ArrayList<>(entries.size());
    Map<UUID, Long> ordinals =
        CommandInsertWrites.insertFew(
            connection,
            transitions.node(),
            shared,
            entries,
            entries.stream().map(CommandAcceptWrites::event).toList(),
            changes,
            mark,
            appended);
    happened.add(appended, Map.of());
    return ordinals;
  }

  /** Without those that their jobs do not release: they run no more, or the device has gone on. */
  private static Set<Entry> released(Connection connection, List<Entry> entries, Happened happened)
      throws SQLException {
    Set<Entry> released = new HashSet<>(entries);
    List<Entry> ofJobs = entries.stream().filter(entry -> entry.request.job() != null).toList();
    if (!ofJobs.isEmpty()) {
      JobDeviceWrites.Claimed claimed = JobDeviceWrites.claim(connection, ofJobs);
      happened.add(List.of(), claimed.jobs());
      ofJobs.stream()
          .filter(entry -> !claimed.commands().contains(entry.id))
          .forEach(released::remove);
    }
    return released;
  }

  /** Where a job has released it, the claim has counted it already. */
  private static EventStore.New event(Entry entry) {
    Command.Request request = entry.request;
    String cause =
        request.job() != null
            ? "released by job " + request.job()
            : "accepted from " + (request.by() == null ? request.caller() : request.by().said());
    return new EventStore.New(
        entry.at,
        request.deviceKey(),
        CommandState.QUEUED.text(),
        null,
        entry.id,
        request.name(),
        request.retryOf() == null ? cause : cause + ", to try " + request.retryOf() + " again");
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
   * did commit. Nowhere is what its job does not release, and what has no device any more.
   *
   * @param released that were to be inserted. A job's that is nowhere has lost its device since the
   *     job released it, so the transaction is tried again
   */
  private static void existing(Connection connection, List<Entry> entries, Set<Entry> released)
      throws SQLException {
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
      if (entry.accepted != null) {
        continue;
      }
      boolean ofJob = entry.request.job() != null;
      if (ofJob && released.contains(entry)) {
        throw new SQLException("the device of command " + entry.id + " was deleted", "XX000");
      }
      entry.accepted =
          ofJob ? new Commands.Accepted.NotReleased() : new Commands.Accepted.NoDevice();
    }
  }

  private void tell(CommandAccept accept) {
    List<Commands.Accepted> outcomes = new ArrayList<>(accept.entries.size());
    for (Entry entry : accept.entries) {
      Commands.Accepted accepted = entry.accepted();
      if (accepted instanceof Commands.Accepted.Durable durable && !durable.repeated()) {
        relay.accepted(durable.command(), entry.place, entry.waiter);
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
