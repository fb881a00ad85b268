package io.mooring.e2e.device;

import io.mooring.device.CommandResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a command asks of the {@link WitnessDevice}, and what must come of it. */
public enum Work {
  SUCCEED,
  /** Succeeds with bytes that are no JSON. */
  BYTES,
  FAIL,
  /** Fails by an exception. */
  THROW,
  REJECT,
  /** May be carried out again when it was cut off. */
  REPEAT,
  /** No device has a handler for it. */
  UNKNOWN;

  /** The command's name. */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Work of(String command) {
    return valueOf(command.toUpperCase(Locale.ROOT));
  }

  /** What this very run of the handler answers. */
  public CommandResult result(String run) {
    return switch (this) {
      case SUCCEED, REPEAT -> CommandResult.succeeded("{\"run\":\"" + run + "\"}");
      case BYTES ->
          CommandResult.succeeded(
              ("run " + run).getBytes(StandardCharsets.US_ASCII), "application/octet-stream");
      case FAIL, THROW -> CommandResult.failed("run " + run + " failed as it was told");
      case REJECT, UNKNOWN -> CommandResult.rejected("run " + run + " was told not to try");
    };
  }
}
