package io.mooring.hub.job;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a job is. */
public enum JobState {
  /** Not accepted yet: nobody was told of it, and nobody sees it. */
  PREPARING,
  RUNNING,
  PAUSED,
  COMPLETED,
  CANCELLED,
  ABORTED;

  private static final Set<JobState> ENDED = EnumSet.of(COMPLETED, CANCELLED, ABORTED);

  public boolean isEnded() {
    return ENDED.contains(this);
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static JobState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
