package io.mooring.hub.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many devices of a job are where; together they are all its devices.
 *
 * @param of a state that is missing has none
 */
public record JobCounts(Map<JobCounts.State, Integer> of) {
  /** Where a device of a job is: not released yet, where its command is, or passed over. */
  public enum State {
    WAITING,
    QUEUED,
    SENT,
    RECEIVED,
    SUCCEEDED,
    FAILED,
    REJECTED,
    EXPIRED,
    CANCELLED,
    UNDELIVERABLE,
    SKIPPED;

    /** As it stands in the table, where it names a column of the job too, and in the API. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static State of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    static State of(CommandState state) {
      return valueOf(state.name());
    }
  }

  private static final Set<State> OPEN = Set.of(State.QUEUED, State.SENT, State.RECEIVED);
  private static final Set<State> FAILURES =
      Set.of(State.FAILED, State.REJECTED, State.EXPIRED, State.UNDELIVERABLE);

  public JobCounts {
    of = Map.copyOf(of);
  }

  public int of(State state) {
    return of.getOrDefault(state, 0);
  }

  private int of(Set<State> states) {
    return states.stream().mapToInt(this::of).sum();
  }

  public int total() {
    return of.values().stream().mapToInt(Integer::intValue).sum();
  }

  public int waiting() {
    return of(State.WAITING);
  }

  /** Released, and not ended. */
  public int open() {
    return of(OPEN);
  }

  /** Released and ended, one way or the other. */
  public int ended() {
    return total() - waiting() - open() - of(State.SKIPPED);
  }

  /** Ended otherwise than by success or on request. */
  public int failures() {
    return of(FAILURES);
  }

  /** The same, one by one: 1 failed, 2 expired. */
  public String failuresByState() {
    return Arrays.stream(State.values())
        .filter(state -> FAILURES.contains(state) && of(state) > 0)
        .map(state -> of(state) + " " + state.text())
        .collect(Collectors.joining(", "));
  }
}
