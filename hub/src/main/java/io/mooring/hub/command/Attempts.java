package io.mooring.hub.command;

import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/**
 * How often a command is sent, and what becomes of one that was sent and not answered.
 *
 * @param most times at the most
 * @param answerTimeout how long a device that is alive may be silent about a command
 */
record Attempts(int most, Duration answerTimeout, InstantSource clock) {
  boolean areLeft(Command command) {
    return command.attempts() < most;
  }

  /** Its session has ended. */
  CommandChange lost(Command command) {
    return areLeft(command)
        ? CommandChange.lost(
            command,
            CommandState.QUEUED,
            clock.instant(),
            "the connection was lost before the device answered")
        : CommandChange.lost(
            command,
            CommandState.UNDELIVERABLE,
            clock.instant(),
            "sent " + command.attempts() + " times and never answered");
  }

  /** The device is alive and has neither answered nor said how far it is. */
  CommandChange late(DeviceLink link, UUID id, int attempt) {
    boolean again = attempt < most;
    String cause =
        again
            ? "no answer within " + span(answerTimeout)
            : "sent %d times and never answered, the last time for %s"
                .formatted(attempt, span(answerTimeout));
    return CommandChange.unanswered(
        id,
        link.deviceKey(),
        link.epoch(),
        again ? CommandState.QUEUED : CommandState.UNDELIVERABLE,
        clock.instant(),
        cause);
  }

  /** As people say it: 15 s, 15 min. */
  private static String span(Duration time) {
    long seconds = time.toSeconds();
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
