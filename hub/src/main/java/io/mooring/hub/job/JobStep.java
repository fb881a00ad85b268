package io.mooring.hub.job;

/** What may be done now for an unfinished job. */
sealed interface JobStep {
  record Nothing() implements JobStep {}

  record Refresh() implements JobStep {}

  record Move(JobMove move, String cause) implements JobStep {}

  record BeginWave(int wave) implements JobStep {}

  /** Of the devices between two places, the first one excluded. */
  record Release(int after, int upTo, int most) implements JobStep {}

  record CancelCommands() implements JobStep {}
}
