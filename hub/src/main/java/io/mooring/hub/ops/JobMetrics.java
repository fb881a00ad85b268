package io.mooring.hub.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.LongSupplier;

/** How jobs get on, all together: no job has a label of its own. Safe for all threads. */
public final class JobMetrics {
  private final PrometheusRegistry registry;
  private final Counter releasedDevices;
  private final Counter endedDevices;
  private final Counter endedJobs;

  JobMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    releasedDevices =
        Counter.builder()
            .name("mooring_job_released_devices")
            .help("Devices that jobs have sent their commands to.")
            .register(registry);
    endedDevices =
        Counter.builder()
            .name("mooring_job_ended_devices")
            .help("Devices whose commands of jobs have ended, by how.")
            .labelNames("outcome")
            .register(registry);
    endedJobs =
        Counter.builder()
            .name("mooring_jobs_ended")
            .help("Jobs ended, by how.")
            .labelNames("outcome")
            .register(registry);
  }

  /**
   * Adds the figures of the jobs at work, read whenever metrics are asked for.
   *
   * @param byState how many jobs are in each state
   * @param waiting devices that are not released yet
   * @param inFlight devices that are released and have not ended
   */
  public void watch(
      Map<String, LongSupplier> byState, LongSupplier waiting, LongSupplier inFlight) {
    GaugeWithCallback.builder()
        .name("mooring_jobs")
        .help("Jobs that have not ended.")
        .labelNames("state")
        .callback(
            callback ->
                byState.forEach((state, jobs) -> callback.call((double) jobs.getAsLong(), state)))
        .register(registry);
    Metrics.gauge(
        registry, "mooring_job_waiting_devices", "Devices that wait for their release.", waiting);
    Metrics.gauge(
        registry,
        "mooring_job_in_flight_devices",
        "Devices that are released and have not ended.",
        inFlight);
  }

  public void released(int devices) {
    releasedDevices.inc(devices);
  }

  public void ended(String outcome, int devices) {
    endedDevices.labelValues(outcome).inc(devices);
  }

  public void jobsEnded(String outcome, int jobs) {
    endedJobs.labelValues(outcome).inc(jobs);
  }
}
