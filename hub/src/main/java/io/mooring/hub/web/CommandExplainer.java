package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.LastConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Says in one sentence why a command is where it is. */
final class CommandExplainer {
  private CommandExplainer() {}

  static String why(Command command, KnownDevice known, Instant now) {
    String device = known.device().id();
    String at = time(command.changedAt());
    return switch (command.state()) {
      case QUEUED -> queued(command, known, now);
      case SENT ->
          "Sent to %s at %s (attempt %d); the device has not confirmed it yet, and it expires at %s."
              .formatted(device, at, command.attempts(), time(command.expiresAt()));
      case RECEIVED ->
          "%s has had it since %s and has not answered yet; it expires at %s."
              .formatted(device, at, time(command.expiresAt()));
      case SUCCEEDED -> "%s carried it out at %s.".formatted(device, at);
      case FAILED -> "%s tried it and failed at %s%s.".formatted(device, at, said(command));
      case REJECTED -> "%s refused it at %s%s.".formatted(device, at, said(command));
      case EXPIRED ->
          command.attempts() == 0
              ? "Expired at %s without having been sent to %s.".formatted(at, device)
              : "Expired at %s: sent to %s %s without an answer."
                  .formatted(at, device, times(command.attempts()));
      case CANCELLED -> "Cancelled at %s before %s received it.".formatted(at, device);
      case UNDELIVERABLE ->
          "Given up at %s: sent to %s %s without an answer."
              .formatted(at, device, times(command.attempts()));
    };
  }

  private static String queued(Command command, KnownDevice known, Instant now) {
    String device = known.device().id();
    String expiry = time(command.expiresAt());
    if (!now.isBefore(command.expiresAt())) {
      return "Queued: its time was up at %s; it ends as expired in a moment.".formatted(expiry);
    }
    String begin =
        command.attempts() == 0
            ? "Queued: "
            : "Queued again after it was sent %s: ".formatted(times(command.attempts()));
    if (!known.device().enabled()) {
      return begin
          + "%s is disabled; it is sent once the device is enabled and connects, or expires at %s."
              .formatted(device, expiry);
    }
    LastConnection connection = known.connection();
    if (connection == null) {
      return begin
          + "%s has never connected; it is sent when the device does, or expires at %s."
              .formatted(device, expiry);
    }
    String since = time(connection.since());
    return begin
        + switch (connection.state()) {
          case ONLINE ->
              "%s is online; it is sent after the commands before it, or expires at %s."
                  .formatted(device, expiry);
          case SUSPECT ->
              "%s has been silent since %s; it is sent when the device is heard again, or expires at %s."
                  .formatted(device, since, expiry);
          case OFFLINE, NEVER_SEEN ->
              "%s has been offline since %s; it is sent when the device reconnects, or expires at %s."
                  .formatted(device, since, expiry);
        };
  }

  private static String said(Command command) {
    Command.Answer answer = command.answer();
    return answer == null || answer.message().isBlank() ? "" : ": " + answer.message().strip();
  }

  private static String times(int attempts) {
    return attempts == 1 ? "once" : attempts + " times";
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
