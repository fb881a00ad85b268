package io.mooring.hub.command;

import io.mooring.hub.command.TransitionWrites.Transition;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Carries out {@link SessionEnd}s; comes after {@link CommandChangeWrites}, so it finds all that
 * was sent.
 */
public final class SessionEndWrites implements Write.Kind<SessionEnd> {
  /**
   * Each device's are looked up by themselves. No condition is left outside: by that on the state,
   * PostgreSQL might begin with all commands under way, of whichever device, for each of the ends.
   */
  static final String REQUEUE =
      """
      UPDATE command c SET
        state = CASE WHEN c.attempts < ? THEN 'queued' ELSE 'undeliverable' END,
        changed_at = u.at
      FROM unnest(?::int[], ?::bigint[], ?::timestamptz[]) WITH ORDINALITY AS u(device_key, epoch, at, n)
      CROSS JOIN LATERAL (
        SELECT r.ctid FROM command r
        WHERE r.device_key = u.device_key AND coalesce(r.epoch, 0) <= u.epoch AND r.state IN %s
        OFFSET 0) AS place
      WHERE c.ctid = place.ctid
      RETURNING u.n, c.id, c.device_key, c.epoch, c.state, c.attempts, c.name, c.job_id
      """
          .formatted(CommandState.QUEUED.sourcesSql());

  private static final String REQUEUE_ALL = REQUEUE.replace("r.device_key = u.device_key AND ", "");

  private final TransitionWrites transitions;
  private final int maxAttempts;
  private final BiConsumer<Integer, UUID> ended;

  /**
   * @param ended told of each command given up, after the commit
   */
  SessionEndWrites(TransitionWrites transitions, int maxAttempts, BiConsumer<Integer, UUID> ended) {
    this.transitions = transitions;
    this.maxAttempts = maxAttempts;
    this.ended = ended;
  }

  @Override
  public Class<SessionEnd> type() {
    return SessionEnd.class;
  }

  @Override
  public void write(Connection connection, List<SessionEnd> writes, boolean careful)
      throws SQLException {
    for (SessionEnd end : writes) {
      end.givenUp = new ArrayList<>();
      end.happened = new TransitionWrites.Happened();
    }
    List<Transition> happened = new ArrayList<>();
    requeue(
        connection, REQUEUE, writes.stream().filter(e -> e.deviceKey != null).toList(), happened);
    requeue(
        connection,
        REQUEUE_ALL,
        writes.stream().filter(e -> e.deviceKey == null).toList(),
        happened);
    transitions.append(connection, happened, writes.getFirst().happened);
  }

  /**
   * Within a transaction of somebody else; the caller runs what is returned after the commit.
   *
   * @param epochs of the sessions that ended, by device
   */
  public Runnable requeue(Connection connection, Map<Integer, Long> epochs, Instant now)
      throws SQLException {
    List<SessionEnd> writes =
        epochs.entrySet().stream()
            .map(session -> SessionEnd.of(session.getKey(), session.getValue(), now))
            .toList();
    write(connection, writes, true);
    return () -> committed(writes);
  }

  private void requeue(
      Connection connection, String sql, List<SessionEnd> ends, List<Transition> happened)
      throws SQLException {
    if (ends.isEmpty()) {
      return;
    }
    SqlArrays<SessionEnd> rows = new SqlArrays<>(connection, ends);
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setInt(1, maxAttempts);
      update.setArray(2, rows.ints(e -> e.deviceKey == null ? 0 : e.deviceKey));
      update.setArray(3, rows.longs(e -> e.epoch));
      update.setArray(4, rows.times(e -> e.at));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          SessionEnd end = ends.get((int) row.getLong("n") - 1);
          happened.add(transition(end, row));
        }
      }
    }
  }

  private static Transition transition(SessionEnd end, ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    int deviceKey = row.getInt("device_key");
    CommandState state = CommandState.of(row.getString("state"));
    String cause;
    if (state == CommandState.UNDELIVERABLE) {
      end.givenUp.add(new SessionEnd.GivenUp(deviceKey, id));
      cause = "sent " + row.getInt("attempts") + " times and never answered";
    } else {
      cause = "the connection was lost before the device answered";
    }
    return new Transition(
        new EventStore.New(
            end.at,
            deviceKey,
            state.text(),
            row.getLong("epoch"),
            id,
            row.getString("name"),
            cause),
        row.getObject("job_id", UUID.class),
        state.isOpen() ? null : cause);
  }

  @Override
  public void committed(List<SessionEnd> writes) {
    transitions.tell(writes.getFirst().happened);
    AfterCommit.each(
        writes.stream().flatMap(end -> end.givenUp.stream()).toList(),
        command -> ended.accept(command.deviceKey(), command.id()));
  }
}
