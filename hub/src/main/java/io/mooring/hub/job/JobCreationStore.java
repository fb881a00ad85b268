package io.mooring.hub.job;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prepares jobs: the job with all its devices, in one transaction beside the writer's, as it may
 * last a second. What is prepared counts once the writer has made it run.
 */
final class JobCreationStore {
  private static final JsonMapper JSON = new JsonMapper();

  /** Ids that are named when they are unknown. */
  private static final int NAMED = 20;

  private static final String INSERT =
      """
      INSERT INTO job (id, title, name, content_type, payload, ttl, tags, wave_size, wave_percent, wave_interval, per_second,
                       max_in_flight, failure_percent, minimum_ended, state, cause, created_at, changed_at, caller,
                       idempotency_key, request_digest, node)
      VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, 'preparing', ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (caller, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
      """;

  private static final String TAGGED =
      """
      INSERT INTO job_device (job_id, place, device_key, device_id, changed_at)
      SELECT ?, row_number() OVER (ORDER BY id), key, id, ? FROM device WHERE tags @> ?::jsonb
      ORDER BY id LIMIT ?
      """;

  private static final String LISTED =
      """
      INSERT INTO job_device (job_id, place, device_key, device_id, changed_at)
      SELECT ?, u.place, d.key, d.id, ? FROM unnest(?::text[]) WITH ORDINALITY AS u(id, place) JOIN device d USING (id)
      ORDER BY u.place
      """;

  private static final String UNKNOWN =
      """
      SELECT u.id FROM unnest(?::text[]) WITH ORDINALITY AS u(id, place)
      WHERE NOT EXISTS (SELECT FROM device d WHERE d.id = u.id) ORDER BY u.place LIMIT %d
      """
          .formatted(NAMED);

  private final Database database;
  private final int mostDevices;
  private final @Nullable String node;

  /**
   * @param node that is to release their devices; null: the only hub there is
   */
  JobCreationStore(Database database, int mostDevices, @Nullable String node) {
    this.node = node;
    this.database = database;
    this.mostDevices = mostDevices;
  }

  /** Undoes the transaction. */
  private static final class Refused extends RuntimeException {
    private final transient Job.Created why;

    Refused(Job.Created why) {
      super("refused", null, false, false);
      this.why = why;
    }
  }

  /**
   * Writes the job down as one that is being prepared, or finds the one that was made by the same
   * request before.
   */
  Job.Created prepare(Job.Request request, UUID id, Instant now) {
    try {
      return database.transaction(
          connection -> {
            if (insert(connection, request, id, Timestamps.kept(now)) == 0) {
              return existing(connection, request).orElseThrow(JobCreationStore::lost);
            }
            int devices = target(connection, request, id, Timestamps.kept(now));
            count(connection, id, devices);
            Job job = JobStore.find(connection, id).orElseThrow(JobCreationStore::lost);
            return new Job.Created.Durable(job, false);
          });
    } catch (Refused e) {
      return e.why;
    }
  }

  /** The job that the same request made before. */
  Optional<Job.Created> known(Job.Request request) {
    return request.idempotencyKey() == null
        ? Optional.empty()
        : database.query(connection -> existing(connection, request));
  }

  private static SQLException lost() {
    return new SQLException("a job is neither new nor there", "XX000");
  }

  private static Optional<Job.Created> existing(Connection connection, Job.Request request)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, request_digest FROM job WHERE caller = ? AND idempotency_key = ?")) {
      select.setString(1, request.order().caller());
      select.setString(2, request.idempotencyKey());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        UUID id = row.getObject(1, UUID.class);
        return MessageDigest.isEqual(row.getBytes(2), request.digest())
            ? JobStore.find(connection, id).map(job -> new Job.Created.Durable(job, true))
            : Optional.of(new Job.Created.KeyTaken(id));
      }
    }
  }

  private int insert(Connection connection, Job.Request request, UUID id, Instant now)
      throws SQLException {
    Job.Order order = request.order();
    Rollout rollout = order.rollout();
    AbortRule abort = order.abort();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setObject(1, id);
      insert.setString(2, order.title());
      insert.setString(3, order.name());
      insert.setString(4, order.contentType());
      insert.setBytes(5, order.payload());
      insert.setString(6, order.ttl().toString());
      insert.setString(7, order.tags() == null ? null : JSON.writeValueAsString(order.tags()));
      insert.setObject(8, rollout.waveSize());
      insert.setObject(9, rollout.wavePercent());
      insert.setString(10, text(rollout.waveInterval()));
      insert.setObject(11, rollout.perSecond());
      insert.setInt(12, rollout.maxInFlight());
      insert.setObject(13, abort == null ? null : abort.failurePercent());
      insert.setObject(14, abort == null ? null : abort.minimumEnded());
      insert.setString(15, "created by " + request.by().said());
      insert.setObject(16, Timestamps.of(now));
      insert.setObject(17, Timestamps.of(now));
      insert.setString(18, order.caller());
      insert.setString(19, request.idempotencyKey());
      insert.setBytes(20, request.digest());
      insert.setString(21, node);
      return insert.executeUpdate();
    }
  }

  private static @Nullable String text(@Nullable Duration duration) {
    return duration == null ? null : duration.toString();
  }

  private int target(Connection connection, Job.Request request, UUID id, Instant now)
      throws SQLException {
    List<String> devices = request.devices();
    if (devices != null) {
      return listed(connection, devices, id, now);
    }
    try (PreparedStatement insert = connection.prepareStatement(TAGGED)) {
      insert.setObject(1, id);
      insert.setObject(2, Timestamps.of(now));
      insert.setString(3, JSON.writeValueAsString(request.order().tags()));
      insert.setInt(4, mostDevices + 1);
      int count = insert.executeUpdate();
      if (count == 0) {
        throw new Refused(new Job.Created.NoDevices());
      }
      if (count > mostDevices) {
        throw new Refused(new Job.Created.TooManyDevices(mostDevices));
      }
      return count;
    }
  }

  private static int listed(Connection connection, List<String> devices, UUID id, Instant now)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(LISTED)) {
      insert.setObject(1, id);
      insert.setObject(2, Timestamps.of(now));
      insert.setArray(3, connection.createArrayOf("text", devices.toArray()));
      int count = insert.executeUpdate();
      if (count < devices.size()) {
        throw new Refused(new Job.Created.UnknownDevices(unknown(connection, devices)));
      }
      return count;
    }
  }

  private static List<String> unknown(Connection connection, List<String> devices)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(UNKNOWN)) {
      select.setArray(1, connection.createArrayOf("text", devices.toArray()));
      List<String> unknown = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          unknown.add(row.getString(1));
        }
      }
      return unknown;
    }
  }

  private static void count(Connection connection, UUID id, int devices) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE job SET waiting = ? WHERE id = ?")) {
      update.setInt(1, devices);
      update.setObject(2, id);
      update.executeUpdate();
    }
  }
}
