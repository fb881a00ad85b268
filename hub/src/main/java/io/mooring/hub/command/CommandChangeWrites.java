package io.mooring.hub.command;

import io.mooring.hub.command.TransitionWrites.Happened;
import io.mooring.hub.command.TransitionWrites.Transition;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries out {@link CommandChange}s. */
final class CommandChangeWrites implements Write.Kind<CommandChange> {
  /** Each command is looked up by its id: a join might read all commands for a few. */
  private static final String CHANGE =
      """
      UPDATE command c SET
        state = u.state,
        changed_at = u.at,
        attempts = c.attempts + u.sent,
        epoch = CASE WHEN u.sent > 0 THEN u.epoch ELSE c.epoch END,
        result_content_type = u.result_type,
        result_payload = u.result_payload,
        result_message = u.result_message,
        result_retryable = u.result_retryable
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::bigint[], ?::bigint[], ?::text[],
                  ?::bytea[], ?::text[], ?::int[], ?::bool[])
        WITH ORDINALITY AS u(id, state, sources, sent, at, epoch, sent_in, result_type, result_payload, result_message,
                             device_key, result_retryable, n)
      CROSS JOIN LATERAL (SELECT r.ctid FROM command r WHERE r.id = u.id OFFSET 0) AS place
      WHERE c.ctid = place.ctid AND c.device_key = u.device_key
        AND c.state = ANY (string_to_array(u.sources, ','))
        AND (u.sent_in IS NULL OR c.epoch = u.sent_in)
        AND (u.epoch IS NULL OR EXISTS (
              SELECT FROM presence p WHERE p.device_key = c.device_key AND p.epoch = u.epoch))
      RETURNING u.n, c.name, c.attempts, c.progress_percent, c.progress_message, c.progress_at, c.job_id
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
    Set<UUID> oneByOne = new HashSet<>();
    List<CommandChange> rest = writes;
    while (!rest.isEmpty()) {
      rest = round(connection, rest, oneByOne);
    }
    List<CommandChange> unapplied =
        writes.stream().filter(c -> !c.applied && c.answer != null).toList();
    if (!unapplied.isEmpty()) {
      fence(connection, unapplied);
    }
    transitions.append(
        connection,
        writes.stream().filter(c -> c.applied).map(CommandChangeWrites::transition).toList(),
        writes.getFirst().happened);
  }

  /**
   * One statement changes a row once: what cannot be done in one step takes a later round.
   *
   * @param oneByOne commands whose changes are not all legal, so that they are made each by itself
   * @return what is left
   */
  private static List<CommandChange> round(
      Connection connection, List<CommandChange> changes, Set<UUID> oneByOne) throws SQLException {
    Map<UUID, ChangeChain> chains = LinkedHashMap.newLinkedHashMap(changes.size());
    List<CommandChange> later = new ArrayList<>();
    for (CommandChange change : changes) {
      ChangeChain chain = chains.get(change.id);
      if (chain == null) {
        chains.put(change.id, new ChangeChain(change));
      } else if (oneByOne.contains(change.id) || !chain.takes(change)) {
        later.add(change);
      }
    }
    List<ChangeChain> round = List.copyOf(chains.values());
    change(connection, round);
    List<CommandChange> left = new ArrayList<>();
    for (ChangeChain chain : round) {
      if (!chain.last().applied && chain.changes().size() > 1) {
        oneByOne.add(chain.last().id);
        left.addAll(chain.changes());
      }
    }
    left.addAll(later);
    return left;
  }

  private static void change(Connection connection, List<ChangeChain> round) throws SQLException {
    SqlArrays<ChangeChain> rows = new SqlArrays<>(connection, round);
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setArray(1, rows.uuids(c -> c.last().id));
      update.setArray(2, rows.texts(c -> c.last().state.text()));
      update.setArray(3, rows.texts(c -> c.first().state.sources()));
      update.setArray(4, rows.ints(ChangeChain::sent));
      update.setArray(5, rows.times(c -> c.last().at));
      update.setArray(6, rows.longsOrNull(c -> c.last().epoch));
      update.setArray(7, rows.longsOrNull(c -> c.last().sentIn));
      update.setArray(8, rows.texts(c -> type(c.last().answer)));
      update.setArray(9, rows.bytes(c -> payload(c.last().answer)));
      update.setArray(10, rows.texts(c -> message(c.last().answer)));
      update.setArray(11, rows.ints(c -> c.last().deviceKey));
      update.setArray(12, rows.booleansOrNull(c -> retryable(c.last().answer)));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          CommandChange.Row after = row(row);
          for (CommandChange change : round.get((int) row.getLong(1) - 1).changes()) {
            change.applied = true;
            change.row = after;
          }
        }
      }
    }
  }

  private static CommandChange.Row row(ResultSet row) throws SQLException {
    Timestamp progressAt = row.getTimestamp(6);
    return new CommandChange.Row(
        row.getString(2),
        row.getInt(3),
        progressAt == null
            ? null
            : new Command.Progress(row.getInt(4), row.getString(5), progressAt.toInstant()),
        row.getObject(7, UUID.class));
  }

  private static Transition transition(CommandChange c) {
    CommandChange.Row row = Objects.requireNonNull(c.row, "not applied");
    Long epoch = c.epoch == null ? c.sentIn : c.epoch;
    return new Transition(
        new EventStore.New(c.at, c.deviceKey, c.state.text(), epoch, c.id, row.name(), c.cause),
        row.job(),
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
    Set<DeviceLink> told = Collections.newSetFromMap(new IdentityHashMap<>());
    AfterCommit.each(
        writes,
        change -> {
          if (change.applied) {
            applied.accept(change);
          }
          DeviceLink answerer = change.answerer;
          if (answerer != null && !change.fenced) {
            answerer.acknowledge(change.id);
            told.add(answerer);
          }
          change.settled.complete(null);
        });
    AfterCommit.each(told, DeviceLink::flush);
  }
}
