package io.mooring.hub.command;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

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

  /** Not ended yet. */
  public boolean isOpen() {
    return OPEN.contains(this);
  }

  /**
   * A redelivery goes from SENT or RECEIVED back to QUEUED; a device may answer without saying
   * "received".
   */
  public boolean mayBecome(CommandState next) {
    return switch (this) {
      case QUEUED -> EnumSet.of(SENT, EXPIRED, CANCELLED, UNDELIVERABLE).contains(next);
      case SENT -> next != SENT && next != CANCELLED;
      case RECEIVED -> next != SENT && next != RECEIVED && next != CANCELLED;
      case SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, UNDELIVERABLE -> false;
    };
  }

  /** As it stands in the table and in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static CommandState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
