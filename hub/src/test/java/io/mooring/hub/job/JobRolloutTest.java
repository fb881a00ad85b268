package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** In which order and how fast a job reaches its devices. */
class JobRolloutTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private final JobWorld world = new JobWorld(DATABASE);

  @Test
  void aListIsReleasedInItsOrderAndAllAtOnce() {
    world.devices(5);
    Job job = world.create(JobWorld.AT_ONCE, "d4", "d2", "d5");
    world.until(job, "queued 3");
    assertThat(world.devices(job, null)).containsExactly("d4", "d2", "d5");
    assertThat(
            world.sql.lines(
                "SELECT d.id FROM command c JOIN device d ON d.key = c.device_key ORDER BY ordinal"))
        .isEqualTo("d4\nd2\nd5\n");
    world.connectAll(List.of("d2", "d4", "d5"), JobWorld.OBEYS);
    world.until(job, "succeeded 3");
    world.until(job, JobState.COMPLETED);
    assertThat(world.jobs().devices(world.find(job.id()), null, 0, 10))
        .allSatisfy(line -> assertThat(line.message()).isEqualTo("said " + line.device()));
  }

  @Test
  void tagsAreLookedUpOnceInTheOrderOfIds() {
    world.devices(3);
    Job job = world.create(JobWorld.AT_ONCE);
    DATABASE.execute("UPDATE device SET tags = '{}'");
    assertThat(job.counts().total()).isEqualTo(3);
    world.until(job, "queued 3");
    assertThat(world.devices(job, State.QUEUED)).containsExactly("d1", "d2", "d3");
  }

  @Test
  void ttlCountsFromTheRelease() {
    world.devices(1);
    Job job = world.create(new Rollout(1, null, null, null, 1));
    world.until(job, "queued 1");
    assertThat(world.sql.text("SELECT expires_at - created_at FROM command")).isEqualTo("01:00:00");
    world.pass(Duration.ofHours(1));
    world.until(job, "expired 1");
    assertThat(world.jobs().devices(world.find(job.id()), State.EXPIRED, 0, 1).getFirst().message())
        .isEqualTo("its time was up while queued");
    world.until(job, JobState.COMPLETED);
  }

  @Test
  void noMoreAreUnderWayThanMayBe() {
    List<String> ids = world.devices(5);
    List<JobDevice> devices = world.connectAll(ids, JobWorld.SAYS_NOTHING);
    Job job = world.create(new Rollout(null, null, null, null, 2));
    world.until(job, "waiting 3 sent 2");
    world.pass(Duration.ofMinutes(1));
    devices.get(1).answer(Outcome.SUCCEEDED);
    world.until(job, "waiting 2 sent 2 succeeded 1");
    devices.get(0).received();
    world.until(job, "waiting 2 sent 1 received 1 succeeded 1");
    devices.get(0).answer(Outcome.FAILED);
    world.until(job, "waiting 1 sent 2 succeeded 1 failed 1");
    assertThat(world.devices(job, State.WAITING)).containsExactly("d5");
  }

  @Test
  void aWaveBeginsWhenTheOneBeforeHasEnded() {
    List<String> ids = world.devices(5);
    List<JobDevice> devices = world.connectAll(ids, JobWorld.SAYS_NOTHING);
    Job job = world.create(new Rollout(2, null, null, null, 100));
    world.until(job, "waiting 3 sent 2");
    devices.get(0).answer(Outcome.SUCCEEDED);
    world.until(job, "waiting 3 sent 1 succeeded 1");
    world.pass(Duration.ofMinutes(10));
    assertThat(world.find(job.id()).wave()).isEqualTo(1);
    devices.get(1).answer(Outcome.FAILED);
    world.until(job, "waiting 1 sent 2 succeeded 1 failed 1");
    assertThat(world.find(job.id()).wave()).isEqualTo(2);
    assertThat(world.find(job.id()).waveAt()).isEqualTo(world.time.instant());
    devices.get(2).answer(Outcome.SUCCEEDED);
    devices.get(3).answer(Outcome.SUCCEEDED);
    world.until(job, "sent 1 succeeded 3 failed 1");
    devices.get(4).answer(Outcome.SUCCEEDED);
    world.until(job, JobState.COMPLETED);
    assertThat(world.find(job.id()).wave()).isEqualTo(3);
  }

  @Test
  void aWaveBeginsAfterItsInterval() {
    world.devices(10);
    Job job = world.create(new Rollout(null, 25, Duration.ofMinutes(1), null, 100));
    // A quarter of ten, rounded up.
    world.until(job, "waiting 7 queued 3");
    world.pass(Duration.ofSeconds(59));
    world.path.writer().flushed().join();
    assertThat(world.counts(job.id())).isEqualTo("waiting 7 queued 3");
    world.pass(Duration.ofSeconds(1));
    world.until(job, "waiting 4 queued 6");
    // A hub that was away begins one wave, and not all that it has missed.
    world.restart();
    world.pass(Duration.ofMinutes(10));
    world.until(job, "waiting 1 queued 9");
    assertThat(world.find(job.id()).wave()).isEqualTo(3);
    world.pass(Duration.ofMinutes(1));
    world.until(job, "queued 10");
    assertThat(world.find(job.id()).wave()).isEqualTo(4);
  }

  @Test
  void soManyASecond() {
    world.devices(10);
    Job job = world.create(new Rollout(null, null, null, 4, 100));
    world.pass(Duration.ofMillis(250));
    world.until(job, "waiting 9 queued 1");
    world.pass(Duration.ofSeconds(1));
    world.until(job, "waiting 5 queued 5");
    // What gathered in a minute is what one second allows.
    world.pass(Duration.ofMinutes(1));
    world.until(job, "waiting 1 queued 9");
    world.pass(Duration.ofSeconds(1));
    world.until(job, "queued 10");
  }

  @Test
  void thousandsAreReleasedSliceBySlice() {
    DATABASE.execute(
        "INSERT INTO device (id, name, tags, created_at, updated_at)"
            + " SELECT 'd' || n, '', '{\"hall\":\"3\"}', now(), now() FROM generate_series(1, 2500) n");
    Job job = world.create(new Rollout(null, null, null, null, 2_300));
    world.until(job, "waiting 200 queued 2300");
    assertThat(world.path.commands().waiting()).isEqualTo(2_300);
  }
}
