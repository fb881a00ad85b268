package io.mooring.hub.command;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a command is. The only legal ways are those of {@link #mayBecome}. */
public enum CommandState {
  QUEUED,
  SENT,
  RECEIVED,
  SUCCEEDED,
  FAILED,
  REJECTED,
  EXPIRED,
  CANCELLED,
  UNDELIVERABLE;

  private static final Set<CommandState> OPEN = EnumSet.of(QUEUED, SENT, RECEIVED);
  private static final Map<CommandState, String> SOURCES =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(state -> state, CommandState::sourcesOf));

  /** Not ended yet. */
  public boolean isOpen() {
    return OPEN.contains(this);
  }

  /**
   * A lost connection, or no answer in time, takes SENT and RECEIVED back to QUEUED. A device may
   * answer without saying "received", and may answer in a later session what an earlier one sent:
   * so a queued command can end by an answer too. What the device has said it has cannot be
   * cancelled.
   */
  public boolean mayBecome(CommandState next) {
    return switch (this) {
      case QUEUED -> next != QUEUED;
      case SENT -> next != SENT;
      case RECEIVED -> next != SENT && next != RECEIVED && next != CANCELLED;
      case SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, UNDELIVERABLE -> false;
    };
  }

  /** The states from which a command may come to this one, as they stand in the table. */
  String sources() {
    return SOURCES.getOrDefault(this, "");
  }

  /** The same as a list of SQL literals, for statements that are to use the partial indexes. */
  String sourcesSql() {
    return "('" + sources().replace(",", "', '") + "')";
  }

  private static String sourcesOf(CommandState next) {
    return Arrays.stream(values())
        .filter(state -> state.mayBecome(next))
        .map(CommandState::text)
        .collect(Collectors.joining(","));
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static CommandState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
