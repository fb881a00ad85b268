package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.event.Event;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Jobs that are paused, resumed, cancelled, given up; and what the event feed says of it. */
class JobControlTest {
  private static final Rollout TWO_AT_A_TIME = new Rollout(null, null, null, null, 2);

  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private final JobWorld world = new JobWorld(DATABASE);

  @Test
  void aPausedJobReleasesNothingAndGoesOnWhenResumed() {
    List<JobDevice> devices = world.connectAll(world.devices(5), JobWorld.SAYS_NOTHING);
    Job job = world.create(TWO_AT_A_TIME);
    world.until(job, "waiting 3 sent 2");
    assertThat(pause(job).state()).isEqualTo(JobState.PAUSED);
    devices.get(0).answer(Outcome.SUCCEEDED);
    devices.get(1).answer(Outcome.SUCCEEDED);
    world.until(job, "waiting 3 succeeded 2");
    world.pass(Duration.ofMinutes(1));
    world.restart();
    world.pass(Duration.ofMinutes(1));
    world.path.writer().flushed().join();
    assertThat(world.counts(job.id())).isEqualTo("waiting 3 succeeded 2");
    assertThat(pause(job).changedAt())
        .as("nothing changes")
        .isEqualTo(world.find(job.id()).changedAt());

    assertThat(world.jobs().resume(job.id(), Actors.BERT).join().orElseThrow().state())
        .isEqualTo(JobState.RUNNING);
    world.until(job, "waiting 1 queued 2 succeeded 2");
  }

  @Test
  void aPausedJobOfWhichNothingWaitsCompletes() {
    List<JobDevice> devices = world.connectAll(world.devices(1), JobWorld.SAYS_NOTHING);
    Job job = world.create(TWO_AT_A_TIME);
    world.until(job, "sent 1");
    pause(job);
    devices.getFirst().answer(Outcome.SUCCEEDED);
    world.until(job, JobState.COMPLETED);
  }

  @Test
  void cancellingSkipsWhatWaitsAndCancelsWhatNoDeviceHas() {
    world.devices(6);
    List<JobDevice> devices = world.connectAll(List.of("d1", "d2"), JobWorld.SAYS_NOTHING);
    Job job = world.create(new Rollout(null, null, null, null, 4));
    world.until(job, "waiting 2 queued 2 sent 2");
    devices.get(0).received();
    world.until(job, "waiting 2 queued 2 sent 1 received 1");
    Job cancelled = world.jobs().cancel(job.id(), Actors.ANNA).join().orElseThrow();
    assertThat(cancelled.state()).isEqualTo(JobState.CANCELLED);
    assertThat(cancelled.endedAt()).isEqualTo(world.time.instant());
    world.until(job, "received 1 cancelled 3 skipped 2");
    JobWorld.until(() -> !world.find(job.id()).cancelling());
    assertThat(world.devices(job, State.SKIPPED)).containsExactly("d5", "d6");
    assertThat(world.devices(job, State.WAITING)).isEmpty();
    devices.get(0).answer(Outcome.SUCCEEDED);
    world.until(job, "succeeded 1 cancelled 3 skipped 2");
    assertThat(world.find(job.id()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(world.jobs().resume(job.id(), Actors.ANNA).join().orElseThrow().state())
        .isEqualTo(JobState.CANCELLED);
    assertThat(world.connect("d3", JobWorld.OBEYS).commands).isEmpty();
  }

  @Test
  void aCancelledJobGoesOnCancellingAfterARestart() {
    world.devices(3);
    Job job = world.create(TWO_AT_A_TIME);
    world.until(job, "waiting 1 queued 2");
    world.path.close();
    // As a hub leaves it that is killed right after the commit.
    DATABASE.execute(
        "UPDATE job SET state = 'cancelled', cancelling = true, ended_at = now(), waiting = 0, skipped = 1");
    world.restart();
    world.until(job, "cancelled 2 skipped 1");
    JobWorld.until(() -> !world.find(job.id()).cancelling());
  }

  @Test
  void aJobIsGivenUpWhenTooManyFail() {
    List<String> ids = world.devices(12);
    List<JobDevice> devices = world.connectAll(ids.subList(0, 6), JobWorld.SAYS_NOTHING);
    Job job =
        world.create(
            new Rollout(null, null, null, null, 6),
            new AbortRule(50, 4),
            ids.toArray(String[]::new));
    world.until(job, "waiting 6 sent 6");
    devices.get(0).answer(Outcome.FAILED);
    devices.get(1).answer(Outcome.REJECTED);
    devices.get(2).answer(Outcome.SUCCEEDED);
    world.until(job, "waiting 3 queued 3 sent 3 succeeded 1 failed 1 rejected 1");
    assertThat(world.find(job.id()).state()).as("too few have ended").isEqualTo(JobState.RUNNING);
    devices.get(3).answer(Outcome.SUCCEEDED);
    world.until(job, JobState.ABORTED);
    world.until(job, "succeeded 2 failed 1 rejected 1 cancelled 5 skipped 3");
    assertThat(world.find(job.id()).cause())
        .isEqualTo(
            "2 of the 4 devices that have ended did not succeed (1 failed, 1 rejected), and the job"
                + " is given up at 50 %");
  }

  @Test
  void whatExpiresCountsAsFailed() {
    world.devices(3);
    Job job = world.create(new Rollout(2, null, null, null, 2), new AbortRule(100, 2));
    world.until(job, "waiting 1 queued 2");
    world.pass(Duration.ofHours(1));
    world.until(job, JobState.ABORTED);
    world.until(job, "expired 2 skipped 1");
  }

  @Test
  void theFeedTellsWhatHappensToJobs() {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    List<UUID> jobs = Collections.synchronizedList(new ArrayList<>());
    world.devices(1);
    try (var _ =
        world
            .path
            .feed()
            .subscribe(
                Set.of(),
                false,
                null,
                event -> {
                  if (event instanceof Event.JobChange change) {
                    seen.add(change.state() + " " + change.title());
                    jobs.add(change.job());
                  }
                })) {
      Job job = world.create(TWO_AT_A_TIME);
      pause(job);
      world.jobs().resume(job.id(), Actors.ANNA).join();
      world.connect("d1", JobWorld.OBEYS);
      world.until(job, JobState.COMPLETED);
      Job other = world.create(TWO_AT_A_TIME);
      world.jobs().cancel(other.id(), Actors.ANNA).join();
      List<String> all =
          List.of(
              "created test",
              "paused test",
              "resumed test",
              "completed test",
              "created test",
              "cancelled test");
      JobWorld.until(() -> seen.equals(all));
      assertThat(Set.copyOf(jobs)).containsExactlyInAnyOrder(job.id(), other.id());
      List<String> past = new ArrayList<>();
      world
          .path
          .feed()
          .subscribe(
              Set.of(),
              false,
              0L,
              event -> {
                if (event instanceof Event.JobChange change) {
                  past.add(change.state() + " " + change.title());
                }
              })
          .close();
      assertThat(past).isEqualTo(all);
    }
  }

  private Job pause(Job job) {
    return world.jobs().pause(job.id(), Actors.ANNA).join().orElseThrow();
  }
}
