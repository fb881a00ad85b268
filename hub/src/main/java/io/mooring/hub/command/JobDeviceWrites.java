package io.mooring.hub.command;

import io.mooring.hub.command.CommandAccept.Entry;
import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.db.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the devices of jobs, and the counts of jobs, in step with commands: within the transactions
 * that change these. A device is released by taking it from {@code waiting} to {@code queued}
 * beside the insertion of its command, so it is never released twice and never forgotten.
 */
final class JobDeviceWrites {
  /**
   * Takes waiting devices of running jobs; one that is deleted is passed over. The device's row is
   * not locked: the command's insertion finds a deletion that has come in between.
   */
  private static final String CLAIM =
      """
      UPDATE job_device d SET
        state = CASE WHEN v.key IS NULL THEN 'skipped' ELSE 'queued' END,
        command_id = CASE WHEN v.key IS NULL THEN NULL ELSE u.id END,
        message = CASE WHEN v.key IS NULL THEN 'the device was deleted' END,
        changed_at = u.at
      FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::timestamptz[]) AS u(id, job_id, device_key, at)
      JOIN job j ON j.id = u.job_id AND j.state = 'running'
      LEFT JOIN device v ON v.key = u.device_key
      WHERE d.job_id = u.job_id AND d.device_key = u.device_key AND d.state = 'waiting'
      RETURNING d.job_id, d.state, d.command_id
      """;

  /** The row is joined with itself to tell the state it had. */
  private static final String MOVE =
      """
      UPDATE job_device d SET state = u.state, changed_at = u.at, message = u.message
      FROM unnest(?::uuid[], ?::int[], ?::text[], ?::timestamptz[], ?::text[]) AS u(job_id, device_key, state, at, message)
      JOIN job_device o ON o.job_id = u.job_id AND o.device_key = u.device_key
      WHERE d.job_id = u.job_id AND d.device_key = u.device_key
      RETURNING d.job_id, o.state, d.state
      """;

  private static final String COUNT =
      "UPDATE job j SET %s FROM unnest(?::uuid[], %s) AS u(id, %s) WHERE j.id = u.id RETURNING j.id, %s"
          .formatted(
              columns("%1$s = j.%1$s + u.%1$s"),
              columns("?::int[]"),
              columns("%1$s"),
              columns("j.%1$s"));

  private static String columns(String each) {
    return Arrays.stream(State.values())
        .map(state -> each.formatted(state.text()))
        .collect(Collectors.joining(", "));
  }

  /** A job's command has changed its state. */
  record Moved(UUID job, int deviceKey, State state, Instant at, @Nullable String message) {}

  /**
   * What was taken.
   *
   * @param commands the ids of those that are to be inserted
   */
  record Claimed(Set<UUID> commands, Map<UUID, JobCounts> jobs) {}

  /** By how much counts change. */
  private static final class Deltas {
    private final Map<UUID, Map<State, Integer>> jobs = new HashMap<>();

    void move(UUID job, State from, State to) {
      Map<State, Integer> deltas = jobs.computeIfAbsent(job, _ -> new EnumMap<>(State.class));
      deltas.merge(from, -1, Integer::sum);
      deltas.merge(to, 1, Integer::sum);
    }
  }

  private JobDeviceWrites() {}

  /** Takes those devices that wait, of jobs that run. */
  static Claimed claim(Connection connection, List<Entry> entries) throws SQLException {
    SqlArrays<Entry> rows = new SqlArrays<>(connection, entries);
    Set<UUID> commands = new HashSet<>();
    Deltas deltas = new Deltas();
    try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
      claim.setArray(1, rows.uuids(e -> e.id));
      claim.setArray(2, rows.uuids(e -> e.request.job()));
      claim.setArray(3, rows.ints(e -> e.request.deviceKey()));
      claim.setArray(4, rows.times(e -> e.at));
      try (ResultSet row = claim.executeQuery()) {
        while (row.next()) {
          UUID command = row.getObject(3, UUID.class);
          if (command != null) {
            commands.add(command);
          }
          deltas.move(row.getObject(1, UUID.class), State.WAITING, State.of(row.getString(2)));
        }
      }
    }
    return new Claimed(commands, count(connection, deltas));
  }

  /** Each device at most once. */
  static Map<UUID, JobCounts> move(Connection connection, List<Moved> moved) throws SQLException {
    SqlArrays<Moved> rows = new SqlArrays<>(connection, moved);
    Deltas deltas = new Deltas();
    try (PreparedStatement move = connection.prepareStatement(MOVE)) {
      move.setArray(1, rows.uuids(Moved::job));
      move.setArray(2, rows.ints(Moved::deviceKey));
      move.setArray(3, rows.texts(m -> m.state().text()));
      move.setArray(4, rows.times(Moved::at));
      move.setArray(5, rows.texts(Moved::message));
      try (ResultSet row = move.executeQuery()) {
        while (row.next()) {
          deltas.move(
              row.getObject(1, UUID.class), State.of(row.getString(2)), State.of(row.getString(3)));
        }
      }
    }
    return count(connection, deltas);
  }

  private static Map<UUID, JobCounts> count(Connection connection, Deltas deltas)
      throws SQLException {
    if (deltas.jobs.isEmpty()) {
      return Map.of();
    }
    List<Map.Entry<UUID, Map<State, Integer>>> jobs = List.copyOf(deltas.jobs.entrySet());
    SqlArrays<Map.Entry<UUID, Map<State, Integer>>> rows = new SqlArrays<>(connection, jobs);
    Map<UUID, JobCounts> counts = new HashMap<>();
    try (PreparedStatement count = connection.prepareStatement(COUNT)) {
      count.setArray(1, rows.uuids(Map.Entry::getKey));
      int parameter = 2;
      for (State state : State.values()) {
        count.setArray(parameter++, rows.ints(job -> job.getValue().getOrDefault(state, 0)));
      }
      try (ResultSet row = count.executeQuery()) {
        while (row.next()) {
          Map<State, Integer> of = new EnumMap<>(State.class);
          for (State state : State.values()) {
            of.put(state, row.getInt(state.text()));
          }
          counts.put(row.getObject(1, UUID.class), new JobCounts(of));
        }
      }
    }
    return counts;
  }
}
