package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.CommandService;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A report outlives its commands, and goes when its own time is up. */
class JobHistoryTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private final JobWorld world = new JobWorld(DATABASE);

  @Test
  void theReportOutlivesItsCommands() {
    List<String> ids = world.devices(3);
    world.connect(ids.get(0), JobWorld.OBEYS);
    world.connect(ids.get(1), JobWorld.FAILS);
    Job job = world.create(JobWorld.AT_ONCE);
    world.until(job, "queued 1 succeeded 1 failed 1");
    List<Job.DeviceLine> before = world.jobs().devices(world.find(job.id()), null, 0, 10);
    world.time.advance(Duration.ofDays(2));
    CommandService.pruner(DATABASE.database(), world.time, 1).sweep();
    assertThat(world.sql.number("SELECT count(*) FROM command")).isEqualTo(1);
    assertThat(world.counts(job.id())).isEqualTo("queued 1 succeeded 1 failed 1");
    List<Job.DeviceLine> after = world.jobs().devices(world.find(job.id()), null, 0, 10);
    assertThat(after)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("command")
        .isEqualTo(before);
    assertThat(after)
        .extracting(Job.DeviceLine::command)
        .containsExactly(null, null, before.get(2).command());
  }

  @Test
  void onlyJobsThatEndedLongAgoAndHaveNothingUnderWayAreDeleted() {
    world.devices(3);
    DATABASE.execute(
        "INSERT INTO device (id, name, tags, created_at, updated_at)"
            + " SELECT 'd' || n, '', '{\"hall\":\"3\"}', now(), now() FROM generate_series(4, %d) n"
                .formatted(Pruner.SLICE + 1));
    Job running = world.create(new Rollout(1, null, null, null, 1), "d1");
    Job large = world.create(new Rollout(null, null, null, null, 1));
    JobDevice device = world.connect("d2", JobWorld.SAYS_NOTHING);
    Job underWay = world.create(JobWorld.AT_ONCE, "d2");
    world.until(underWay, "sent 1");
    device.received();
    world.until(underWay, "received 1");
    for (Job job : List.of(large, underWay)) {
      world.jobs().cancel(job.id(), Actors.ANNA).join();
      JobWorld.until(() -> !world.find(job.id()).cancelling());
    }
    // Time stays: the hub sweeps, and the command under way would expire.
    DATABASE.execute("UPDATE job SET ended_at = ended_at - interval '2 days'");
    Job young = world.create(JobWorld.AT_ONCE, "d3");
    world.jobs().cancel(young.id(), Actors.ANNA).join();
    JobWorld.until(() -> !world.find(young.id()).cancelling());

    prune(0);
    assertThat(world.jobs().list(null, null, 10)).hasSize(4);
    prune(1);
    assertThat(world.jobs().list(null, null, 10).stream().map(Job::id))
        .containsExactly(young.id(), underWay.id(), running.id());
    assertThat(world.sql.number("SELECT count(*) FROM job_device")).isEqualTo(3);
  }

  private void prune(int days) {
    JobService.pruners(DATABASE.database(), world.time, days).forEach(Pruner::sweep);
  }
}
