package io.mooring.hub.command;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes the rows of commands, those of few with their events in one round trip. */
final class CommandUpdateWrites {
  /**
   * Each command is looked up by its id: a join might read all commands for a few, or all of a
   * device for one.
   */
  static final String UPDATE =
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
                  ?::bytea[], ?::text[], ?::int[], ?::bool[], ?::text[])
        WITH ORDINALITY AS u(id, state, sources, sent, at, epoch, sent_in, result_type, result_payload, result_message,
                             device_key, result_retryable, only_on, n)
      CROSS JOIN LATERAL (SELECT r.ctid, r.state FROM command r WHERE r.id = u.id AND r.device_key = u.device_key OFFSET 0) AS place
      WHERE c.ctid = place.ctid
        AND c.state = ANY (string_to_array(u.sources, ','))
        AND (u.sent_in IS NULL OR c.epoch = u.sent_in)
        AND (u.epoch IS NULL OR EXISTS (
              SELECT FROM presence p WHERE p.device_key = c.device_key AND p.epoch = u.epoch))
        AND (u.only_on IS NULL OR NOT EXISTS (
              SELECT FROM presence p WHERE p.device_key = c.device_key AND p.state <> 'offline' AND p.node <> u.only_on))
      RETURNING u.n, c.id, c.device_key, c.name, c.attempts, c.epoch, c.progress_percent, c.progress_message, c.progress_at, c.job_id, place.state
      """;

  /** A chain's events are appended if the chain is applied. */
  private static final String UPDATE_FEW =
      """
      WITH marked AS (UPDATE writer_mark SET mark = ?
                      WHERE ?::uuid IS NOT NULL AND writer = current_setting('application_name')), changed AS (%s), appended AS (
        INSERT INTO event (at, device_key, type, state, epoch, node, command_id, cause)
        SELECT t.at, t.device_key, 'command', t.state, t.epoch, ?, t.command_id, t.cause
        FROM unnest(?::timestamptz[], ?::int[], ?::text[], ?::bigint[], ?::uuid[], ?::text[])
          WITH ORDINALITY AS t(at, device_key, state, epoch, command_id, cause, n)
        WHERE t.command_id IN (SELECT id FROM changed)
          AND EXISTS (SELECT FROM device d WHERE d.key = t.device_key OFFSET 0)
        ORDER BY t.n
        RETURNING id, command_id)
      SELECT changed.*, (SELECT d.id FROM device d WHERE d.key = changed.device_key) AS device,
        ARRAY(SELECT a.id FROM appended a WHERE a.command_id = changed.id ORDER BY a.id) AS events
      FROM changed
      """
          .formatted(UPDATE);

  private CommandUpdateWrites() {}

  /** Marks the changes of those chains that were legal. */
  static void update(Connection connection, List<ChangeChain> chains) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      int _ = set(update, 1, new SqlArrays<>(connection, chains));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          applied(row, chains);
        }
      }
    }
  }

  /**
   * The same for chains of sessions; returns their events.
   *
   * @param mark to be left; null: none
   */
  static List<Event.Durable> updateFew(
      Connection connection, String node, List<ChangeChain> chains, @Nullable UUID mark)
      throws SQLException {
    List<CommandChange> all = chains.stream().flatMap(c -> c.changes().stream()).toList();
    SqlArrays<CommandChange> events = new SqlArrays<>(connection, all);
    List<Event.Durable> appended = new ArrayList<>();
    try (PreparedStatement update = connection.prepareStatement(UPDATE_FEW)) {
      update.setObject(1, mark);
      update.setObject(2, mark);
      int at = set(update, 3, new SqlArrays<>(connection, chains));
      update.setString(at, node);
      update.setArray(at + 1, events.times(c -> c.at));
      update.setArray(at + 2, events.ints(c -> c.deviceKey));
      update.setArray(at + 3, events.texts(c -> c.state.text()));
      update.setArray(at + 4, events.longsOrNull(c -> c.epoch));
      update.setArray(at + 5, events.uuids(c -> c.id));
      update.setArray(at + 6, events.texts(CommandChange::cause));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          events(row, applied(row, chains), appended);
        }
      }
    }
    // The rows come as the update finds them; the feed goes by ids.
    appended.sort(Comparator.comparingLong(Event.Durable::id));
    return appended;
  }

  private static void events(ResultSet row, ChangeChain chain, List<Event.Durable> appended)
      throws SQLException {
    String device = row.getString("device");
    Array ids = row.getArray("events");
    Long[] numbers = (Long[]) ids.getArray();
    for (int i = 0; i < numbers.length && device != null; i++) {
      EventStore.New event = chain.changes().get(i).event();
      appended.add(event.appended(numbers[i], device));
    }
  }

  /** Returns the place of the parameter that follows. */
  private static int set(PreparedStatement update, int from, SqlArrays<ChangeChain> rows)
      throws SQLException {
    int at = from;
    update.setArray(at++, rows.uuids(c -> c.last().id));
    update.setArray(at++, rows.texts(c -> c.last().state.text()));
    update.setArray(at++, rows.texts(c -> c.first().state.sources()));
    update.setArray(at++, rows.ints(ChangeChain::sent));
    update.setArray(at++, rows.times(c -> c.last().at));
    update.setArray(at++, rows.longsOrNull(c -> c.last().epoch));
    update.setArray(at++, rows.longsOrNull(c -> c.last().sentIn));
    update.setArray(at++, rows.texts(c -> type(c.last().answer)));
    update.setArray(at++, rows.bytes(c -> payload(c.last().answer)));
    update.setArray(at++, rows.texts(c -> message(c.last().answer)));
    update.setArray(at++, rows.ints(c -> c.last().deviceKey));
    update.setArray(at++, rows.booleansOrNull(c -> retryable(c.last().answer)));
    update.setArray(at++, rows.texts(c -> c.last().onlyOn));
    return at;
  }

  private static ChangeChain applied(ResultSet row, List<ChangeChain> chains) throws SQLException {
    Timestamp progressAt = row.getTimestamp("progress_at");
    CommandChange.Row after =
        new CommandChange.Row(
            CommandState.of(row.getString("state")),
            row.getString("name"),
            row.getInt("attempts"),
            row.getObject("epoch", Long.class),
            progressAt == null
                ? null
                : new Command.Progress(
                    row.getInt("progress_percent"),
                    row.getString("progress_message"),
                    progressAt.toInstant()),
            row.getObject("job_id", UUID.class));
    ChangeChain chain = chains.get((int) row.getLong("n") - 1);
    for (CommandChange change : chain.changes()) {
      change.applied = true;
      change.row = after;
    }
    return chain;
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
}
