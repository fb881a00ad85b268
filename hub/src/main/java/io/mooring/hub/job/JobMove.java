package io.mooring.hub.job;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What may happen to a job; there are no other transitions. Each is an event by its name. */
enum JobMove {
  CREATED(JobState.RUNNING, "create"),
  PAUSED(JobState.PAUSED, "pause"),
  RESUMED(JobState.RUNNING, "resume"),
  COMPLETED(JobState.COMPLETED, "complete"),
  CANCELLED(JobState.CANCELLED, "cancel"),
  ABORTED(JobState.ABORTED, "abort");

  final JobState to;

  private final String verb;

  JobMove(JobState to, String verb) {
    this.to = to;
    this.verb = verb;
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

  /** As the audit log names it. */
  String verb() {
    return verb;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
