package io.mooring.hub.command;

import io.mooring.hub.command.TransitionWrites.Happened;
import io.mooring.hub.command.TransitionWrites.Transition;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries out {@link CommandChange}s. */
final class CommandChangeWrites implements Write.Kind<CommandChange> {
  private static final String CHANGE =
      """
      UPDATE command c SET
        state = u.state,
        changed_at = u.at,
        attempts = c.attempts + CASE WHEN u.state = 'sent' THEN 1 ELSE 0 END,
        epoch = CASE WHEN u.state = 'sent' THEN u.epoch ELSE c.epoch END,
        result_content_type = u.result_type,
        result_payload = u.result_payload,
        result_message = u.result_message,
        result_retryable = u.result_retryable
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::text[], ?::bytea[],
                  ?::text[], ?::int[], ?::bool[])
        WITH ORDINALITY AS u(id, state, sources, at, epoch, sent_in, result_type, result_payload, result_message,
                             device_key, result_retryable, n)
      WHERE c.id = u.id AND c.device_key = u.device_key
        AND c.state = ANY (string_to_array(u.sources, ','))
        AND (u.sent_in IS NULL OR c.epoch = u.sent_in)
        AND (u.epoch IS NULL OR EXISTS (
              SELECT FROM presence p WHERE p.device_key = c.device_key AND p.epoch = u.epoch))
      RETURNING u.n, c.job_id
      """;

  private static final String FENCED =
      """
      SELECT u.n FROM unnest(?::int[], ?::bigint[]) WITH ORDINALITY AS u(device_key, epoch, n)
      WHERE NOT EXISTS (SELECT FROM presence p WHERE p.device_key = u.device_key AND p.epoch = u.epoch)
      """;

  private final TransitionWrites transitions;
  private final Consumer<CommandChange> applied;

  /**
   * @param applied told of each change that took effect, after its commit
   */
  CommandChangeWrites(TransitionWrites transitions, Consumer<CommandChange> applied) {
    this.transitions = transitions;
    this.applied = applied;
  }

  @Override
  public Class<CommandChange> type() {
    return CommandChange.class;
  }

  @Override
  public void write(Connection connection, List<CommandChange> writes, boolean careful)
      throws SQLException {
    for (CommandChange change : writes) {
      change.applied = false;
      change.fenced = false;
      change.happened = new Happened();
    }
    List<CommandChange> rest = writes;
    while (!rest.isEmpty()) {
      // One statement changes a row once: a command's second change, and all after it, take the
      // next round.
      Set<UUID> seen = new HashSet<>();
      List<CommandChange> round = new ArrayList<>();
      List<CommandChange> later = new ArrayList<>();
      for (CommandChange change : rest) {
        (seen.add(change.id) ? round : later).add(change);
      }
      change(connection, round, writes.getFirst().happened);
      rest = later;
    }
  }

  private void change(Connection connection, List<CommandChange> round, Happened happened)
      throws SQLException {
    SqlArrays<CommandChange> rows = new SqlArrays<>(connection, round);
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setArray(1, rows.uuids(c -> c.id));
      update.setArray(2, rows.texts(c -> c.state.text()));
      update.setArray(3, rows.texts(c -> c.state.sources()));
      update.setArray(4, rows.times(c -> c.at));
      update.setArray(5, rows.longsOrNull(c -> c.epoch));
      update.setArray(6, rows.longsOrNull(c -> c.sentIn));
      update.setArray(7, rows.texts(c -> type(c.answer)));
      update.setArray(8, rows.bytes(c -> payload(c.answer)));
      update.setArray(9, rows.texts(c -> message(c.answer)));
      update.setArray(10, rows.ints(c -> c.deviceKey));
      update.setArray(11, rows.booleansOrNull(c -> retryable(c.answer)));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          CommandChange change = round.get((int) row.getLong(1) - 1);
          change.applied = true;
          change.job = row.getObject(2, UUID.class);
        }
      }
    }
    List<CommandChange> unapplied =
        round.stream().filter(c -> !c.applied && c.answer != null).toList();
    if (!unapplied.isEmpty()) {
      fence(connection, unapplied);
    }
    List<CommandChange> done = round.stream().filter(c -> c.applied).toList();
    List<Event.Durable> events =
        transitions.append(
            connection, done.stream().map(CommandChangeWrites::transition).toList(), happened);
    CommandAuditWrites.cancelled(connection, done, events);
  }

  private static Transition transition(CommandChange c) {
    Long epoch = c.epoch == null ? c.sentIn : c.epoch;
    return new Transition(
        new EventStore.New(c.at, c.deviceKey, c.state.text(), epoch, c.id, c.cause),
        c.job,
        c.state.isOpen() ? null : c.said());
  }

  /**
   * An answer that changed nothing: because the command had ended, or because the session is no
   * longer the newest?
   */
  private static void fence(Connection connection, List<CommandChange> unapplied)
      throws SQLException {
    SqlArrays<CommandChange> rows = new SqlArrays<>(connection, unapplied);
    try (PreparedStatement select = connection.prepareStatement(FENCED)) {
      select.setArray(1, rows.ints(c -> c.deviceKey));
      select.setArray(2, rows.longsOrNull(c -> c.epoch));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          unapplied.get((int) row.getLong(1) - 1).fenced = true;
        }
      }
    }
  }

  private static @Nullable String type(Command.@Nullable Answer answer) {
    return answer == null ? null : answer.contentType();
  }

  private static byte @Nullable [] payload(Command.@Nullable Answer answer) {
    return answer == null ? null : answer.payload();
  }

  private static @Nullable String message(Command.@Nullable Answer answer) {
    return answer == null ? null : answer.message();
  }

  private static @Nullable Boolean retryable(Command.@Nullable Answer answer) {
    return answer == null ? null : answer.retryable();
  }

  @Override
  public void committed(List<CommandChange> writes) {
    transitions.tell(writes.getFirst().happened);
    AfterCommit.each(
        writes,
        change -> {
          if (change.applied) {
            applied.accept(change);
          }
          if (!change.fenced) {
            change.afterCommit.run();
          }
          change.settled.complete(null);
        });
  }
}
