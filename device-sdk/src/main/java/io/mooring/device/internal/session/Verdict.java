package io.mooring.device.internal.session;

import io.mooring.device.internal.transport.Ending;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a connection asks the device to do. The range of the close code decides, so codes
 * of a later hub are understood too.
 *
 * @param least the delay the hub assigned; null when it assigned none
 * @param reason for people, one line
 */
record Verdict(Action action, @Nullable Duration least, String reason) {
  enum Action {
    /** Come back soon. */
    RECONNECT,
    /** Come back after a delay that grows. */
    BACK_OFF,
    /** Coming back is useless until somebody has changed something. */
    STAY_AWAY
  }

  /**
   * Another device seems to use the same token: without this the two would take turns endlessly.
   */
  private static final Duration LEAST_AFTER_REPLACED = Duration.ofSeconds(10);

  private static final int NO_GOODBYE = 1006;
  private static final int REPLACED = 4206;
  private static final int FIRST_FAULT = 4207;
  private static final int LAST_FAULT = 4211;

  /** No hub means to send its devices away for longer; a slip of the pen must not either. */
  private static final long MAX_ASSIGNED_MS = Duration.ofDays(1).toMillis();

  static Verdict of(Ending ending) {
    if (ending instanceof Ending.Closed closed) {
      return ofClose(closed);
    }
    if (ending instanceof Ending.Refused refused) {
      return ofRefusal(refused);
    }
    return new Verdict(Action.BACK_OFF, null, ending.text());
  }

  /** Whether the hub says that this device has broken the rules. */
  static boolean isFaultOfDevice(Ending ending) {
    return ending instanceof Ending.Closed closed
        && closed.code() >= FIRST_FAULT
        && closed.code() <= LAST_FAULT;
  }

  /** Whether the line is gone and nobody has said why: as if the hub were. */
  static boolean isLost(Ending ending) {
    return ending instanceof Ending.Failed
        || (ending instanceof Ending.Closed closed && closed.code() == NO_GOODBYE);
  }

  private static Verdict ofClose(Ending.Closed closed) {
    int code = closed.code();
    Duration assigned = retryIn(closed.reason());
    if (code == REPLACED && (assigned == null || assigned.compareTo(LEAST_AFTER_REPLACED) < 0)) {
      assigned = LEAST_AFTER_REPLACED;
    }
    Action action = Action.BACK_OFF;
    if (code >= 4000 && code < 4200) {
      action = Action.RECONNECT;
    } else if (code >= 4400 && code < 4600) {
      action = Action.STAY_AWAY;
    }
    return new Verdict(action, assigned, closed.text());
  }

  private static Verdict ofRefusal(Ending.Refused refused) {
    Duration assigned = null;
    if (refused.retryAfter() != null) {
      assigned = positive(refused.retryAfter(), 1_000);
    }
    Action action =
        switch (refused.status()) {
          case 401, 403, 426 -> Action.STAY_AWAY;
          default -> Action.BACK_OFF;
        };
    return new Verdict(action, assigned, refused.text());
  }

  /** The {@code retry-ms} of a close reason {@code <name>[; retry-ms=<n>][; <text>]}. */
  private static @Nullable Duration retryIn(String reason) {
    for (String part : reason.split(";", 3)) {
      String trimmed = part.trim();
      if (trimmed.startsWith("retry-ms=")) {
        return positive(trimmed.substring("retry-ms=".length()), 1);
      }
    }
    return null;
  }

  private static @Nullable Duration positive(String number, int unitMs) {
    try {
      long value = Long.parseLong(number.trim());
      return value < 0
          ? null
          : Duration.ofMillis(Math.min(Math.min(value, MAX_ASSIGNED_MS) * unitMs, MAX_ASSIGNED_MS));
    } catch (NumberFormatException e) {
      return null; // Retry-After may be a date, which a device without a clock cannot use
    }
  }
}
