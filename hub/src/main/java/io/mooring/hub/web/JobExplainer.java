package io.mooring.hub.web;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.Rollout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Says in one sentence why a job is where it is. */
final class JobExplainer {
  private JobExplainer() {}

  static String why(Job job, Instant now) {
    String since = time(job.changedAt());
    return switch (job.state()) {
      case PREPARING -> "Not accepted yet.";
      case RUNNING -> running(job, now);
      case PAUSED ->
          "Paused since %s (%s): %d of %d devices wait until it is resumed%s."
              .formatted(
                  since,
                  job.cause(),
                  job.counts().waiting(),
                  job.counts().total(),
                  underWay(job.counts(), ", and %d %s under way"));
      case COMPLETED ->
          "Completed at %s: %d of %d devices succeeded."
              .formatted(since, job.counts().of(JobCounts.State.SUCCEEDED), job.counts().total());
      case CANCELLED -> ended("Cancelled", job);
      case ABORTED -> ended("Aborted", job);
    };
  }

  private static String ended(String how, Job job) {
    return "%s at %s (%s): %d of %d devices were skipped%s."
        .formatted(
            how,
            time(job.changedAt()),
            job.cause(),
            job.counts().of(JobCounts.State.SKIPPED),
            job.counts().total(),
            underWay(job.counts(), ", and %d %s still under way"));
  }

  private static String running(Job job, Instant now) {
    JobCounts counts = job.counts();
    if (counts.waiting() == 0) {
      return "Running: every device has been released, and %d of %d have not ended."
          .formatted(counts.open(), counts.total());
    }
    return "Running: %d of %d devices wait for their release; %s."
        .formatted(counts.waiting(), counts.total(), holdUp(job, now));
  }

  /** What the next device waits for. */
  private static String holdUp(Job job, Instant now) {
    JobCounts counts = job.counts();
    Rollout rollout = job.order().rollout();
    Instant beganAt = job.waveAt();
    if (counts.open() >= rollout.maxInFlight()) {
      return "%d are under way, as many as may be".formatted(counts.open());
    }
    if (beganAt != null && rollout.isReleased(counts, job.wave())) {
      return rollout.waveInterval() == null
          ? "wave %d begins once the %d devices under way have ended"
              .formatted(job.wave() + 1, counts.open())
          : waveAt(job.wave() + 1, beganAt.plus(rollout.waveInterval()), now);
    }
    return rollout.perSecond() == null
        ? "they follow in a moment"
        : "%d follow each second".formatted(rollout.perSecond());
  }

  private static String waveAt(int wave, Instant at, Instant now) {
    return at.isAfter(now)
        ? "wave %d begins at %s".formatted(wave, time(at))
        : "wave %d begins in a moment".formatted(wave);
  }

  private static String underWay(JobCounts counts, String text) {
    int open = counts.open();
    return open == 0 ? "" : text.formatted(open, open == 1 ? "is" : "are");
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
