package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.command.Commands;
import io.mooring.hub.command.JobCounts;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A data path on an empty database, with devices and time that stands still. */
final class JobWorld implements AutoCloseable {
  static final Rollout AT_ONCE = new Rollout(null, null, null, null, 1_000);

  /** A device that does what it is told. */
  static final Supplier<Optional<Outcome>> OBEYS = () -> Optional.of(Outcome.SUCCEEDED);

  static final Supplier<Optional<Outcome>> FAILS = () -> Optional.of(Outcome.FAILED);
  static final Supplier<Optional<Outcome>> SAYS_NOTHING = Optional::empty;

  final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  final TestDatabase database;
  final Sql sql;
  private final Database reached;
  private final Limits limits;

  /** Of this run of the hub. */
  Metrics metrics = new Metrics();

  DataPath path;

  JobWorld(TestDatabase database) {
    this(database, Limits.DEFAULTS);
  }

  JobWorld(TestDatabase database, Limits limits) {
    this(database, database.database(), limits);
  }

  /**
   * @param reached how the hub reaches the database
   */
  JobWorld(TestDatabase database, Database reached, Limits limits) {
    database.execute(
        "TRUNCATE device, deleted_device, command, event, session, job RESTART IDENTITY CASCADE");
    this.database = database;
    this.reached = reached;
    this.limits = limits;
    sql = new Sql(database);
    path = DataPaths.startPatient(reached, time, limits, metrics);
  }

  JobService jobs() {
    return path.jobs();
  }

  /** Ends this run of the hub and begins another; sessions are gone. */
  void restart() {
    path.close();
    // Ids begin with the time, and chance begins anew.
    time.advance(Duration.ofMillis(1));
    metrics = new Metrics();
    path = DataPaths.startPatient(reached, time, limits, metrics);
  }

  /** Registers devices d1, d2, … without a session, all with the tag hall=3. */
  List<String> devices(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ids.add("d" + i);
      sql.device("d" + i);
    }
    database.execute("UPDATE device SET tags = '{\"hall\":\"3\"}'");
    return ids;
  }

  JobDevice connect(String id, Supplier<Optional<Outcome>> answers) {
    int key = (int) sql.number("SELECT key FROM device WHERE id = '" + id + "'");
    return JobDevice.open(path.sessions(), key, id, answers);
  }

  List<JobDevice> connectAll(List<String> ids, Supplier<Optional<Outcome>> answers) {
    return ids.stream().map(id -> connect(id, answers)).toList();
  }

  /** Deletes some devices, with what they leave. */
  void delete(String ids) {
    database.execute("DELETE FROM device WHERE id IN (" + ids + ")");
    new DeletedDeviceStore(database.database(), path.commands()::deleted).sweep();
  }

  /** By tags where no device is listed. */
  static Job.Request request(
      Rollout rollout, @Nullable AbortRule abort, @Nullable String key, String... devices) {
    boolean tagged = devices.length == 0;
    Job.Order order =
        new Job.Order(
            "test",
            "step",
            "application/json",
            "1".getBytes(StandardCharsets.UTF_8),
            Duration.ofHours(1),
            tagged ? Map.of("hall", "3") : null,
            rollout,
            abort,
            Actors.ANNA.text());
    byte[] digest = (key + Arrays.toString(devices)).getBytes(StandardCharsets.UTF_8);
    return new Job.Request(order, Actors.ANNA, tagged ? null : List.of(devices), key, digest);
  }

  Job create(Rollout rollout, String... devices) {
    return create(rollout, null, devices);
  }

  Job create(Rollout rollout, @Nullable AbortRule abort, String... devices) {
    return ((Job.Created.Durable) jobs().create(request(rollout, abort, null, devices)).join())
        .job();
  }

  /** The commands of a job. */
  static Commands.Filter ofJob(Job job) {
    return new Commands.Filter(null, null, null, job.id(), null, null);
  }

  Job find(UUID id) {
    return jobs().find(id).orElseThrow();
  }

  /** Such as {@code waiting 3 succeeded 2}: those that are not zero. */
  String counts(UUID id) {
    JobCounts counts = find(id).counts();
    return String.join(
        " ",
        Arrays.stream(JobCounts.State.values())
            .filter(state -> counts.of(state) > 0)
            .map(state -> state.text() + " " + counts.of(state))
            .toList());
  }

  void until(Job job, String counts) {
    until(() -> counts(job.id()).equals(counts));
    assertCounted();
  }

  void until(Job job, JobState state) {
    until(() -> find(job.id()).state() == state);
    assertCounted();
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofMinutes(1)).until(condition);
  }

  /** The devices of a job in one of the states, in the order of release. */
  List<String> devices(Job job, JobCounts.@Nullable State state) {
    return jobs().devices(find(job.id()), state, 0, 1_000).stream()
        .map(Job.DeviceLine::device)
        .toList();
  }

  /** Lets time pass, does what it asks for, and waits until all that follows is committed. */
  void pass(Duration span) {
    time.advance(span);
    path.commands().sweep();
    jobs().sweep();
  }

  /**
   * The counts of all jobs are those of their devices, and these are where their commands are, at
   * one moment.
   */
  void assertCounted() {
    assertThat(sql.lines(DIFFERENCES)).isEmpty();
  }

  private static final String DIFFERENCES =
      """
      SELECT j.id || ' ' || s.state || ': ' || s.counted || ' counted, ' || s.there || ' there' FROM job j
      CROSS JOIN LATERAL (
        SELECT c.state, c.counted, (
          SELECT count(*) FROM job_device d LEFT JOIN command m ON m.id = d.command_id
          WHERE d.job_id = j.id AND c.state = CASE
            WHEN m.id IS NOT NULL THEN m.state
            WHEN j.ended_at IS NOT NULL AND d.state = 'waiting' THEN 'skipped'
            ELSE d.state END) AS there
        FROM (VALUES ('waiting', j.waiting), ('queued', j.queued), ('sent', j.sent), ('received', j.received),
                     ('succeeded', j.succeeded), ('failed', j.failed), ('rejected', j.rejected), ('expired', j.expired),
                     ('cancelled', j.cancelled), ('undeliverable', j.undeliverable), ('skipped', j.skipped))
          AS c (state, counted)) s
      WHERE s.counted <> s.there
      UNION ALL
      SELECT d.device_id || ' is ' || d.state || ', its command ' || m.state
      FROM job_device d JOIN command m ON m.id = d.command_id WHERE m.state <> d.state
      UNION ALL
      SELECT 'a device was released twice: ' || count(*) FROM command WHERE job_id IS NOT NULL
      GROUP BY job_id, device_key HAVING count(*) > 1
      """;

  @Override
  public void close() {
    path.close();
  }
}
