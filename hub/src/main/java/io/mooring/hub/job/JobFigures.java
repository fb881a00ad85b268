package io.mooring.hub.job;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.ops.JobMetrics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Tells the hub's metrics of jobs, from what each commit made of their counts. */
final class JobFigures {
  private static final List<State> ENDS =
      List.of(
          State.SUCCEEDED,
          State.FAILED,
          State.REJECTED,
          State.EXPIRED,
          State.CANCELLED,
          State.UNDELIVERABLE);

  private final JobMetrics metrics;

  /**
   * @param runs all that are at work, at any time
   */
  JobFigures(JobMetrics metrics, Collection<JobRun> runs) {
    this.metrics = metrics;
    metrics.watch(
        Map.of(
            JobState.RUNNING.text(),
            () -> runs.stream().filter(run -> run.state() == JobState.RUNNING).count(),
            JobState.PAUSED.text(),
            () -> runs.stream().filter(run -> run.state() == JobState.PAUSED).count()),
        () -> sum(runs, JobCounts::waiting),
        () -> sum(runs, JobCounts::open));
    // From the first scrape on there are all series, so that rates see the first one, too.
    ENDS.forEach(end -> metrics.ended(end.text(), 0));
    for (JobState state : JobState.values()) {
      if (state.isEnded()) {
        metrics.jobsEnded(state.text(), 0);
      }
    }
  }

  private static long sum(Collection<JobRun> runs, ToIntFunction<JobCounts> of) {
    return runs.stream().map(JobRun::counts).mapToLong(of::applyAsInt).sum();
  }

  /** The counts of a job have changed. */
  void counted(JobCounts before, JobCounts now) {
    int released = released(now) - released(before);
    if (released > 0) {
      metrics.released(released);
    }
    for (State end : ENDS) {
      int ended = now.of(end) - before.of(end);
      if (ended > 0) {
        metrics.ended(end.text(), ended);
      }
    }
  }

  private static int released(JobCounts counts) {
    return counts.total() - counts.waiting() - counts.of(State.SKIPPED);
  }

  /** A job has ended. */
  void ended(JobState state) {
    metrics.jobsEnded(state.text(), 1);
  }
}
