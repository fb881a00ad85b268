package io.mooring.hub.web;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.Rollout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Says in one sentence why a job is where it is. */
final class JobExplainer {
  private JobExplainer() {}

  static String why(Job job, Instant now) {
    JobCounts counts = job.counts();
    return switch (job.state()) {
      case PREPARING -> "Not accepted yet.";
      case RUNNING -> running(job, now);
      case PAUSED ->
          "%s, with %d of %d devices still to be released%s."
              .formatted(cause(job), counts.waiting(), counts.total(), underWay(counts));
      case COMPLETED ->
          "Completed at %s: %d of %d devices succeeded."
              .formatted(time(job.changedAt()), counts.of(State.SUCCEEDED), counts.total());
      case CANCELLED ->
          "%s, with %d of %d devices skipped%s."
              .formatted(cause(job), counts.of(State.SKIPPED), counts.total(), underWay(counts));
      case ABORTED ->
          "Aborted at %s: %s; with %d of %d devices skipped%s."
              .formatted(
                  time(job.changedAt()),
                  job.cause(),
                  counts.of(State.SKIPPED),
                  counts.total(),
                  underWay(counts));
    };
  }

  /** Such as: Paused by user anna at 10:00. */
  private static String cause(Job job) {
    String cause = job.cause();
    return cause.substring(0, 1).toUpperCase(Locale.ROOT)
        + cause.substring(1)
        + " at "
        + time(job.changedAt());
  }

  private static String underWay(JobCounts counts) {
    return counts.open() == 0 ? "" : " and %d under way".formatted(counts.open());
  }

  private static String running(Job job, Instant now) {
    JobCounts counts = job.counts();
    return counts.waiting() == 0
        ? "Running: all devices are released, with %d of %d still to end."
            .formatted(counts.open(), counts.total())
        : "Running, with %d of %d devices still to be released: %s."
            .formatted(counts.waiting(), counts.total(), next(job, now));
  }

  /** What the next device waits for. */
  private static String next(Job job, Instant now) {
    JobCounts counts = job.counts();
    Rollout rollout = job.order().rollout();
    Instant beganAt = job.waveAt();
    if (counts.open() >= rollout.maxInFlight()) {
      return "%d under way, as many as may be".formatted(counts.open());
    }
    if (beganAt != null && rollout.isReleased(counts, job.wave())) {
      String wave =
          "wave %d of %d begins ".formatted(job.wave() + 1, rollout.waves(counts.total()));
      return wave
          + (rollout.waveInterval() == null
              ? "when the one before has ended, with %d under way".formatted(counts.open())
              : at(beganAt.plus(rollout.waveInterval()), now));
    }
    return rollout.perSecond() == null
        ? "they follow in a moment"
        : "%d a second".formatted(rollout.perSecond());
  }

  private static String at(Instant time, Instant now) {
    return time.isAfter(now) ? "at " + time(time) : "in a moment";
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
