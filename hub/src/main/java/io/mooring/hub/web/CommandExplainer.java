package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.config.Limits;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.LastConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says in one sentence why a command of a device is where it is. */
final class CommandExplainer {
  private final KnownDevice known;
  private final String device;
  private final Instant now;
  private final Limits limits;

  CommandExplainer(KnownDevice known, Instant now, Limits limits) {
    this.known = known;
    this.device = known.device().id();
    this.now = now;
    this.limits = limits;
  }

  /**
   * The sentence.
   *
   * @param standing what stands before an unfinished command; null: it was not looked up
   */
  String why(Command command, Command.@Nullable Standing standing) {
    String at = time(command.changedAt());
    return switch (command.state()) {
      case QUEUED -> begin(command) + queued(command, standing);
      case SENT ->
          "Sent to %s at %s (attempt %d of %d)%s; the device has not confirmed it yet, and it %s."
              .formatted(
                  device,
                  at,
                  command.attempts(),
                  limits.commandAttempts(),
                  behind(" behind ", standing),
                  unanswered(command, command.changedAt()));
      case RECEIVED -> received(command, at, standing);
      case SUCCEEDED -> "%s carried it out at %s.".formatted(device, at);
      case FAILED ->
          "%s tried it and failed at %s%s%s".formatted(device, at, said(command), another(command));
      case REJECTED -> "%s refused it at %s%s.".formatted(device, at, said(command));
      case EXPIRED ->
          command.attempts() == 0
              ? "Expired at %s without having been sent to %s.".formatted(at, device)
              : "Expired at %s: sent to %s %s without an answer."
                  .formatted(at, device, times(command.attempts()));
      case CANCELLED ->
          command.attempts() == 0
              ? "Cancelled at %s before it was sent to %s.".formatted(at, device)
              : "Cancelled at %s after it was sent to %s %s, which may have carried it out all the same."
                  .formatted(at, device, times(command.attempts()));
      case UNDELIVERABLE ->
          "Given up at %s: sent to %s %s, as often as allowed, without an answer."
              .formatted(at, device, times(command.attempts()));
    };
  }

  private String received(Command command, String at, Command.@Nullable Standing standing) {
    Command.Progress progress = command.progress();
    if (progress == null || progress.at().isBefore(command.changedAt())) {
      String behind = behind(" behind ", standing);
      if (!behind.isEmpty()) {
        return "%s has had it since %s (attempt %d of %d), where it waits%s; it expires at %s."
            .formatted(
                device,
                at,
                command.attempts(),
                limits.commandAttempts(),
                behind,
                time(command.expiresAt()));
      }
      return "%s has had it since %s (attempt %d of %d) and has not answered yet; it %s."
          .formatted(
              device,
              at,
              command.attempts(),
              limits.commandAttempts(),
              unanswered(command, command.changedAt()));
    }
    String what = progress.message().isBlank() ? "" : " (" + progress.message().strip() + ")";
    return "%s has had it since %s and was at %d %%%s at %s; it %s."
        .formatted(
            device,
            at,
            progress.percent(),
            what,
            time(progress.at()),
            unanswered(command, progress.at()));
  }

  /** What happens if the device stays silent: it is sent again, given up, or expires before. */
  private String unanswered(Command command, Instant heard) {
    Instant late = heard.plus(Duration.ofSeconds(limits.commandAnswerSeconds()));
    if (!late.isBefore(command.expiresAt())) {
      return "expires at " + time(command.expiresAt());
    }
    return command.attempts() < limits.commandAttempts()
        ? "is sent again if there is no answer by " + time(late)
        : "is given up if there is no answer by " + time(late);
  }

  private String begin(Command command) {
    return command.attempts() == 0
        ? "Queued: "
        : "Queued again after it was sent %s of at most %d: "
            .formatted(times(command.attempts()), limits.commandAttempts());
  }

  private String queued(Command command, Command.@Nullable Standing standing) {
    String expiry = time(command.expiresAt());
    if (!now.isBefore(command.expiresAt())) {
      return "its time was up at %s; it ends as expired in a moment.".formatted(expiry);
    }
    if (!known.device().enabled()) {
      return "%s is disabled; it is sent once the device is enabled and connects, or expires at %s."
          .formatted(device, expiry);
    }
    LastConnection connection = known.connection();
    if (connection == null) {
      return "%s has never connected; it is sent when the device does, or expires at %s."
          .formatted(device, expiry);
    }
    String since = time(connection.since());
    String behind = behind(" after ", standing);
    return switch (connection.state()) {
      case ONLINE -> online(standing, expiry);
      case SUSPECT ->
          "%s has been silent since %s; it is sent%s when the device is heard again, or expires at %s."
              .formatted(device, since, behind, expiry);
      case OFFLINE, NEVER_SEEN ->
          "%s has been offline since %s; it is sent%s when the device reconnects, or expires at %s."
              .formatted(device, since, behind, expiry);
    };
  }

  private String online(Command.@Nullable Standing standing, String expiry) {
    if (standing == null) {
      return "%s is online; it is sent after the commands before it, or expires at %s."
          .formatted(device, expiry);
    }
    if (standing.underWay() >= limits.commandWindow()) {
      return "%s is online and has %d commands unanswered, as many as it may have; it is sent%s once one is answered, or expires at %s."
          .formatted(device, standing.underWay(), behind(" after ", standing), expiry);
    }
    return standing.before() == 0
        ? "%s is online and nothing stands before it; it is sent in a moment, or expires at %s."
            .formatted(device, expiry)
        : "%s is online; it is sent%s, or expires at %s."
            .formatted(device, behind(" after ", standing), expiry);
  }

  /** Such as: after 3 earlier commands, the first of them 0193a0c4-… (reboot, received). */
  private static String behind(String how, Command.@Nullable Standing standing) {
    if (standing == null || standing.front() == null) {
      return "";
    }
    Command.Front front = standing.front();
    String which = "%s (%s, %s)".formatted(front.id(), front.name(), front.state().text());
    return how
        + (standing.before() == 1
            ? "1 earlier command, " + which
            : "%d earlier commands, the first of them %s".formatted(standing.before(), which));
  }

  /** What the device says of another try, if it says something. */
  private static String another(Command command) {
    Command.Answer answer = command.answer();
    Boolean retryable = answer == null ? null : answer.retryable();
    if (retryable == null) {
      return ".";
    }
    return retryable
        ? "; by the device, it may go well another time."
        : "; by the device, it would fail another time too.";
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
