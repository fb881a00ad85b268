package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a scrape tells of jobs. */
class JobMetricsTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private final JobWorld world = new JobWorld(DATABASE);

  @Test
  void jobsAreCountedWithTheirDevices() {
    List<JobDevice> devices = world.connectAll(world.devices(6), JobWorld.SAYS_NOTHING);
    Job job = world.create(new Rollout(null, null, null, null, 4));
    world.until(job, "waiting 2 sent 4");
    assertThat(scrape())
        .contains(
            "mooring_jobs{state=\"running\"} 1.0",
            "mooring_jobs{state=\"paused\"} 0.0",
            "mooring_job_waiting_devices 2.0",
            "mooring_job_in_flight_devices 4.0",
            "mooring_job_released_devices_total 4.0");
    world.jobs().pause(job.id(), Actors.ANNA).join();
    devices.get(0).answer(Outcome.SUCCEEDED);
    devices.get(1).answer(Outcome.FAILED);
    world.until(job, "waiting 2 sent 2 succeeded 1 failed 1");
    assertThat(scrape())
        .contains(
            "mooring_jobs{state=\"running\"} 0.0",
            "mooring_jobs{state=\"paused\"} 1.0",
            "mooring_job_in_flight_devices 2.0",
            "mooring_job_ended_devices_total{outcome=\"succeeded\"} 1.0",
            "mooring_job_ended_devices_total{outcome=\"failed\"} 1.0");
  }

  /** Also what ends after its job has, and after a restart. */
  @Test
  void devicesThatEndAfterTheirJobAreCounted() {
    JobDevice first = world.connect(world.devices(4).getFirst(), JobWorld.SAYS_NOTHING);
    Job job = world.create(new Rollout(null, null, null, null, 2));
    world.until(job, "waiting 2 queued 1 sent 1");
    first.received();
    world.until(job, "waiting 2 queued 1 received 1");
    world.jobs().cancel(job.id(), Actors.ANNA).join();
    world.until(job, "received 1 cancelled 1 skipped 2");
    JobWorld.until(() -> !world.find(job.id()).cancelling());
    assertThat(scrape())
        .contains(
            "mooring_jobs{state=\"running\"} 0.0",
            "mooring_jobs_ended_total{outcome=\"cancelled\"} 1.0",
            "mooring_job_waiting_devices 0.0",
            "mooring_job_in_flight_devices 1.0",
            "mooring_job_released_devices_total 2.0",
            "mooring_job_ended_devices_total{outcome=\"cancelled\"} 1.0");
    world.restart();
    assertThat(scrape()).contains("mooring_job_in_flight_devices 1.0");
    world.connect("d1", JobWorld.OBEYS);
    world.until(job, "succeeded 1 cancelled 1 skipped 2");
    JobWorld.until(() -> scrape().contains("mooring_job_in_flight_devices 0.0"));
    assertThat(scrape()).contains("mooring_job_ended_devices_total{outcome=\"succeeded\"} 1.0");
  }

  /** Nothing tells the hub: it looks at the row again. */
  @Test
  void aDeviceThatIsDeletedAfterItsJobHasEndedIsNoLongerInFlight() {
    JobDevice first = world.connect(world.devices(1).getFirst(), JobWorld.SAYS_NOTHING);
    Job job = world.create(JobWorld.AT_ONCE);
    world.until(job, "sent 1");
    first.received();
    world.until(job, "received 1");
    world.jobs().cancel(job.id(), Actors.ANNA).join();
    JobWorld.until(() -> !world.find(job.id()).cancelling());
    world.delete("'d1'");
    world.pass(Duration.ofSeconds(10));
    JobWorld.until(() -> scrape().contains("mooring_job_in_flight_devices 0.0"));
    assertThat(scrape()).contains("mooring_job_ended_devices_total{outcome=\"undeliverable\"} 1.0");
  }

  private List<String> scrape() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      world.metrics.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
