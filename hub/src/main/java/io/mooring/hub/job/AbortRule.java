package io.mooring.hub.job;

import io.mooring.hub.command.JobCounts;

/**
 * When a job is given up: so many percent of those that have ended have failed, were rejected,
 * expired or were undeliverable.
 *
 * @param minimumEnded not before so many have ended
 */
public record AbortRule(int failurePercent, int minimumEnded) {
  boolean isBroken(JobCounts counts) {
    int ended = counts.ended();
    return ended >= minimumEnded && counts.failures() * 100L >= (long) failurePercent * ended;
  }

  String cause(JobCounts counts) {
    return "%d of the %d devices that have ended did not succeed (%s), and the job is given up at %d %%"
        .formatted(counts.failures(), counts.ended(), counts.failuresByState(), failurePercent);
  }
}
