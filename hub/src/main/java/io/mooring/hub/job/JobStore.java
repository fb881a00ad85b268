package io.mooring.hub.job;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The tables {@code job} and {@code job_device}. */
final class JobStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TAGS = new TypeReference<>() {};

  private static final String PAST =
      " j.ended_at < ? AND NOT j.cancelling AND j.queued + j.sent + j.received = 0 ";

  /** Devices before their jobs, so that no transaction is long. */
  static final String PRUNE_DEVICES =
      """
      DELETE FROM job_device d USING (
        SELECT d.job_id, d.place FROM job j JOIN job_device d ON d.job_id = j.id WHERE %s LIMIT %d) oldest
      WHERE d.job_id = oldest.job_id AND d.place = oldest.place
      """
          .formatted(PAST, Pruner.SLICE);

  static final String PRUNE =
      """
      DELETE FROM job WHERE id = ANY (ARRAY(
        SELECT j.id FROM job j WHERE %s AND NOT EXISTS (SELECT FROM job_device d WHERE d.job_id = j.id)
        ORDER BY j.ended_at LIMIT %d))
      """
          .formatted(PAST, Pruner.SLICE);

  static final String NOT_DONE_WITH =
      "state IN ('running', 'paused') OR cancelling OR queued + sent + received > 0";

  /** A device that waits for its release, or whose command may be cancelled. */
  record Place(int place, int deviceKey, @Nullable UUID command) {}

  private final Database database;
  private final RangeReads ranges;

  /**
   * @param ranges for lists of devices, which may read much
   */
  JobStore(Database database, RangeReads ranges) {
    this.database = database;
    this.ranges = ranges;
  }

  static Optional<Job> find(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT * FROM job WHERE id = ?")) {
      select.setObject(1, id);
      return first(select);
    }
  }

  Optional<Job> find(UUID id) {
    return database.query(connection -> find(connection, id));
  }

  /** Newest first; null: of any state, from the newest. */
  List<Job> list(@Nullable JobState state, @Nullable UUID before, int limit) {
    List<Object> values = new ArrayList<>();
    StringBuilder sql = new StringBuilder("SELECT * FROM job WHERE state <> 'preparing'");
    if (state != null) {
      sql.append(" AND state = ?");
      values.add(state.text());
    }
    if (before != null) {
      sql.append(" AND id < ?");
      values.add(before);
    }
    values.add(limit);
    return all(sql.append(" ORDER BY id DESC LIMIT ?").toString(), values);
  }

  /** Jobs that go on, and those that have ended before all their commands have. */
  List<Job> notDoneWith() {
    return all("SELECT * FROM job WHERE " + NOT_DONE_WITH, List.of());
  }

  private List<Job> all(String sql, List<Object> values) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
              select.setObject(i + 1, values.get(i));
            }
            List<Job> jobs = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                jobs.add(read(row));
              }
            }
            return jobs;
          }
        });
  }

  /** What was being prepared when the hub ended: nobody was told of it. */
  int deletePrepared() {
    return update("DELETE FROM job WHERE state = 'preparing'");
  }

  void beginWave(UUID id, int wave, Instant at) {
    update(
        "UPDATE job SET wave = ?, wave_at = ? WHERE id = ? AND wave = ? - 1",
        wave,
        Timestamps.of(at),
        id,
        wave);
  }

  /** All commands that could be cancelled are. */
  void endCancelling(UUID id) {
    update("UPDATE job SET cancelling = false WHERE id = ?", id);
  }

  private int update(String sql, Object... values) {
    return database.query(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
              update.setObject(i + 1, values[i]);
            }
            return update.executeUpdate();
          }
        });
  }

  /** The first devices that wait between two places, the first one excluded. */
  List<Place> waiting(UUID id, int after, int upTo, int limit) {
    return places("'waiting'", id, after, upTo, limit);
  }

  /** Devices between two places that are not known to have the command they were released by. */
  List<Place> cancellable(UUID id, int after, int upTo) {
    return places("'queued', 'sent'", id, after, upTo, upTo - after);
  }

  /**
   * Whoever asks goes through a job in spans of places: without an end to the span, PostgreSQL may
   * take it for better to read and sort all the rest of a job, each time.
   */
  private List<Place> places(String states, UUID id, int after, int upTo, int limit) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT place, device_key, command_id FROM job_device WHERE job_id = ? AND place > ?"
                      + " AND place <= ? AND state IN (%s) ORDER BY place LIMIT ?"
                          .formatted(states))) {
            select.setObject(1, id);
            select.setInt(2, after);
            select.setInt(3, upTo);
            select.setInt(4, limit);
            List<Place> places = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                places.add(new Place(row.getInt(1), row.getInt(2), row.getObject(3, UUID.class)));
              }
            }
            return places;
          }
        });
  }

  /** The devices of a job in the order of release; what an ended job left waiting is skipped. */
  List<Job.DeviceLine> devices(Job job, JobCounts.@Nullable State state, int after, int limit) {
    boolean ended = job.state().isEnded();
    String shown = ended ? "replace(d.state, 'waiting', 'skipped')" : "d.state";
    String sql =
        """
        SELECT d.place, d.device_id, %1$s AS state, d.state AS stored, d.changed_at, d.message,
               (SELECT command.id FROM command JOIN device v ON v.key = command.device_key
                WHERE command.id = d.command_id) AS command
        FROM job_device d WHERE d.job_id = ? AND d.place > ? AND (?::text IS NULL OR %1$s = ?) ORDER BY d.place LIMIT ?
        """
            .formatted(shown);
    return ranges.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, job.id());
            select.setInt(2, after);
            select.setString(3, state == null ? null : state.text());
            select.setString(4, state == null ? null : state.text());
            select.setInt(5, limit);
            List<Job.DeviceLine> lines = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                lines.add(line(row, job));
              }
            }
            return lines;
          }
        });
  }

  private static Job.DeviceLine line(ResultSet row, Job job) throws SQLException {
    Instant endedAt = row.getString("stored").equals("waiting") ? job.endedAt() : null;
    return new Job.DeviceLine(
        row.getInt("place"),
        row.getString("device_id"),
        JobCounts.State.of(row.getString("state")),
        row.getObject("command", UUID.class),
        endedAt == null ? Timestamps.get(row, "changed_at") : endedAt,
        endedAt == null ? row.getString("message") : "the job ended before: " + job.cause());
  }

  /** The only row, if there is one. */
  static Optional<Job> first(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(read(row)) : Optional.empty();
    }
  }

  static Job read(ResultSet row) throws SQLException {
    String tags = row.getString("tags");
    String interval = row.getString("wave_interval");
    Integer failurePercent = row.getObject("failure_percent", Integer.class);
    Rollout rollout =
        new Rollout(
            row.getObject("wave_size", Integer.class),
            row.getObject("wave_percent", Integer.class),
            interval == null ? null : Duration.parse(interval),
            row.getObject("per_second", Integer.class),
            row.getInt("max_in_flight"));
    Job.Order order =
        new Job.Order(
            row.getString("title"),
            row.getString("name"),
            row.getString("content_type"),
            row.getBytes("payload"),
            Duration.parse(row.getString("ttl")),
            tags == null ? null : JSON.readValue(tags, TAGS),
            rollout,
            failurePercent == null
                ? null
                : new AbortRule(failurePercent, row.getInt("minimum_ended")),
            row.getString("caller"));
    Map<JobCounts.State, Integer> counts = new EnumMap<>(JobCounts.State.class);
    for (JobCounts.State state : JobCounts.State.values()) {
      counts.put(state, row.getInt(state.text()));
    }
    return new Job(
        row.getObject("id", UUID.class),
        order,
        JobState.of(row.getString("state")),
        row.getString("cause"),
        row.getBoolean("cancelling"),
        row.getInt("wave"),
        Timestamps.getOrNull(row, "wave_at"),
        Timestamps.get(row, "created_at"),
        Timestamps.get(row, "changed_at"),
        Timestamps.getOrNull(row, "ended_at"),
        new JobCounts(counts));
  }
}
