package io.mooring.hub.job;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What may happen to a job; there are no other transitions. Each is an event by its name. */
enum JobMove {
  CREATED(JobState.RUNNING),
  PAUSED(JobState.PAUSED),
  RESUMED(JobState.RUNNING),
  COMPLETED(JobState.COMPLETED),
  CANCELLED(JobState.CANCELLED),
  ABORTED(JobState.ABORTED);

  final JobState to;

  JobMove(JobState to) {
    this.to = to;
  }

  private Set<JobState> from() {
    return switch (this) {
      case CREATED -> Set.of(JobState.PREPARING);
      case PAUSED -> Set.of(JobState.RUNNING);
      case RESUMED -> Set.of(JobState.PAUSED);
      case COMPLETED, CANCELLED, ABORTED -> Set.of(JobState.RUNNING, JobState.PAUSED);
    };
  }

  /** The states it may begin in, as they stand in the table. */
  List<String> sources() {
    return from().stream().map(JobState::text).toList();
  }

  /** Whether commands that devices do not have yet are to be cancelled. */
  boolean cancelsCommands() {
    return this == CANCELLED || this == ABORTED;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
