package io.mooring.hub.command;

import io.mooring.hub.config.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command sent in a session whose end is not committed yet. Guarded by its queue's monitor. */
final class InFlight {
  /** A command that ends its device's connection does so within this time, as a rule. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  final UUID id;
  final long ordinal;
  final int attempt;

  /** Of its payload. */
  final int bytes;

  /** Sent so often without an answer that it may be what ends the connection. */
  final boolean suspect;

  private final Instant sentAt;
  private Instant heardAt;
  private boolean answered;
  private boolean received;
  private boolean late;
  private Instant progressFrom = Instant.MIN;
  private Command.@Nullable Progress progress;

  InFlight(Command command, int attempt, boolean suspect, Instant now) {
    this.id = command.id();
    this.ordinal = command.ordinal();
    this.attempt = attempt;
    this.bytes = command.payload().length;
    this.suspect = suspect;
    this.sentAt = now;
    this.heardAt = now;
  }

  /** Takes up a slot of the window. */
  boolean isUnanswered() {
    return !answered;
  }

  void answer() {
    answered = true;
  }

  /** The device has it. True: for the first time. */
  boolean receive(Instant now) {
    heardAt = now;
    boolean first = !received;
    received = true;
    return first;
  }

  /** The device is at work on one before it. If it has this one, that waits for its turn. */
  void waitFrom(Instant now) {
    if (received) {
      heardAt = now;
    }
  }

  void progress(Command.Progress said) {
    progress = said;
  }

  /** What is to be noted of its progress now; null: nothing, or not yet, so that it is bounded. */
  Command.@Nullable Progress takeProgress(Instant now) {
    Command.Progress said = progress;
    if (said == null || answered || now.isBefore(progressFrom)) {
      return null;
    }
    progressFrom = now.plus(Limits.PROGRESS_INTERVAL);
    progress = null;
    return said;
  }

  /** Unanswered, and sent a moment ago: the device may not survive it. */
  boolean isFresh(Instant now) {
    return !answered && now.isBefore(sentAt.plus(FRESH));
  }

  /** True once, when nothing has been heard of it for too long. */
  boolean becomesLate(Instant now, Duration timeout) {
    if (answered || late || now.isBefore(heardAt.plus(timeout))) {
      return false;
    }
    late = true;
    return true;
  }

  boolean isLate() {
    return late;
  }
}
