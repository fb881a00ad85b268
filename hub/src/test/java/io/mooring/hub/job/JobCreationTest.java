package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.app.DataPaths;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Jobs that are made, once, or refused without a trace. */
class JobCreationTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private final JobWorld world = new JobWorld(DATABASE, DataPaths.jobs(3, 2));

  @Test
  void oneKeyIsOneJobHoweverManyAskAtOnce() {
    world.devices(3);
    Job.Request request = JobWorld.request(JobWorld.AT_ONCE, null, "k1");
    List<CompletableFuture<Job.Created>> asked =
        IntStream.range(0, 8)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> world.jobs().create(request).join()))
            .toList();
    List<Job.Created.Durable> made =
        asked.stream().map(created -> (Job.Created.Durable) created.join()).toList();
    assertThat(made.stream().map(created -> created.job().id()).distinct()).hasSize(1);
    assertThat(made.stream().filter(created -> !created.repeated())).hasSize(1);
    assertThat(made).allSatisfy(m -> assertThat(m.job().state()).isEqualTo(JobState.RUNNING));
    world.until(made.getFirst().job(), "queued 3");
    assertThat(world.sql.number("SELECT count(*) FROM command")).isEqualTo(3);
    assertThat(world.sql.number("SELECT count(*) FROM event WHERE type = 'job'")).isEqualTo(1);
  }

  @Test
  void anotherRequestWithTheKeyIsRefusedAndARepeatAnsweredWhateverBecameOfTheJob() {
    world.devices(2);
    Job.Request request = JobWorld.request(JobWorld.AT_ONCE, null, "k1");
    Job job = ((Job.Created.Durable) world.jobs().create(request).join()).job();
    assertThat(world.jobs().create(JobWorld.request(JobWorld.AT_ONCE, null, "k1", "d1")).join())
        .isEqualTo(new Job.Created.KeyTaken(job.id()));
    world.jobs().cancel(job.id(), Actors.ANNA).join();
    world.restart();
    Job.Created.Durable again = (Job.Created.Durable) world.jobs().create(request).join();
    assertThat(again.repeated()).isTrue();
    assertThat(again.job().id()).isEqualTo(job.id());
    assertThat(again.job().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatIsRefusedLeavesNothingBehind() {
    world.devices(4);
    assertThat(create("d1", "x", "d2", "y"))
        .isEqualTo(new Job.Created.UnknownDevices(List.of("x", "y")));
    assertThat(create()).isEqualTo(new Job.Created.TooManyDevices(3));
    DATABASE.execute("UPDATE device SET tags = '{}'");
    assertThat(create()).isEqualTo(new Job.Created.NoDevices());
    assertThat(world.sql.number("SELECT count(*) FROM job")).isZero();
    assertThat(world.sql.number("SELECT count(*) FROM job_device")).isZero();
  }

  @Test
  void noMoreJobsThanMayBeAreUnfinished() {
    world.devices(1);
    Job.Request keyed = JobWorld.request(JobWorld.AT_ONCE, null, "k1", "d1");
    Job first = ((Job.Created.Durable) world.jobs().create(keyed).join()).job();
    create("d1");
    assertThat(create("d1")).isEqualTo(new Job.Created.TooManyJobs(2));
    world.restart();
    assertThat(create("d1")).isEqualTo(new Job.Created.TooManyJobs(2));
    assertThat(world.jobs().create(keyed).join())
        .as("a repeat makes none")
        .isInstanceOf(Job.Created.Durable.class);
    world.jobs().cancel(first.id(), Actors.ANNA).join();
    assertThat(create("d1")).isInstanceOf(Job.Created.Durable.class);
  }

  /** Nobody was told of a job that a killed hub was about to accept. */
  @Test
  void whatWasBeingPreparedIsDeletedAtTheStart() {
    world.devices(1);
    Job job = world.create(JobWorld.AT_ONCE, "d1");
    world.path.close();
    DATABASE.execute("UPDATE job SET state = 'preparing'");
    world.restart();
    assertThat(world.jobs().find(job.id())).isEmpty();
    assertThat(world.sql.number("SELECT count(*) FROM job_device")).isZero();
  }

  private Job.Created create(String... devices) {
    return world.jobs().create(JobWorld.request(JobWorld.AT_ONCE, null, null, devices)).join();
  }
}
