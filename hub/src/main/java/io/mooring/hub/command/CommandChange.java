package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command's next state. Applied only if the state it finds may become this one, and, where a
 * session caused it, only while that session is the device's newest.
 */
public final class CommandChange implements Write {
  private static final Logger LOG = LoggerFactory.getLogger(CommandChange.class);

  final UUID id;
  final int deviceKey;
  final CommandState state;
  final Instant at;
  final String cause;

  /** The session that caused it; null: the hub did by itself. */
  final @Nullable Long epoch;

  /** Only commands last sent in this session; null: whichever. */
  final @Nullable Long sentIn;

  final Command.@Nullable Answer answer;

  /** Whom the audit log is to name; null: nobody asked for it, or its job's entry tells who did. */
  final @Nullable Actor by;

  /** Run after the commit, whether applied or not, unless a newer session has opened. */
  final Runnable afterCommit;

  /** Completes after the commit, whether applied or not. */
  final CompletableFuture<Void> settled = new CompletableFuture<>();

  // Filled in by CommandChangeWrites.
  boolean applied;
  boolean fenced;
  @Nullable UUID job;
  TransitionWrites.Happened happened = new TransitionWrites.Happened();

  private CommandChange(
      UUID id,
      int deviceKey,
      CommandState state,
      Instant at,
      String cause,
      @Nullable Long epoch,
      @Nullable Long sentIn,
      Command.@Nullable Answer answer,
      @Nullable Actor by,
      Runnable afterCommit) {
    this.id = id;
    this.deviceKey = deviceKey;
    this.state = state;
    this.at = at;
    this.cause = cause;
    this.epoch = epoch;
    this.sentIn = sentIn;
    this.answer = answer;
    this.by = by;
    this.afterCommit = afterCommit;
  }

  /** Caused by a session. */
  private static CommandChange by(
      long epoch, UUID id, int deviceKey, CommandState state, Instant at, String cause) {
    return new CommandChange(id, deviceKey, state, at, cause, epoch, null, null, null, () -> {});
  }

  /** Caused by the hub. */
  private static CommandChange of(
      Command command, CommandState state, Instant at, String cause, @Nullable Long sentIn) {
    return new CommandChange(
        command.id(), command.deviceKey(), state, at, cause, null, sentIn, null, null, () -> {});
  }

  static CommandChange sent(Command command, long epoch, int attempt, Instant at) {
    String cause = "sent, attempt " + attempt;
    return by(epoch, command.id(), command.deviceKey(), CommandState.SENT, at, cause);
  }

  static CommandChange received(UUID id, int deviceKey, long epoch, Instant at) {
    return by(epoch, id, deviceKey, CommandState.RECEIVED, at, "the device has it");
  }

  /** Not answered in time, over a line that lives. */
  static CommandChange unanswered(
      UUID id, int deviceKey, long epoch, CommandState state, Instant at, String cause) {
    return by(epoch, id, deviceKey, state, at, cause);
  }

  static CommandChange answered(
      UUID id,
      int deviceKey,
      long epoch,
      CommandState state,
      Command.Answer answer,
      Instant at,
      Runnable afterCommit) {
    String cause =
        answer.retryable()
            ? "answered by the device, which may do it another time"
            : "answered by the device";
    return new CommandChange(
        id, deviceKey, state, at, cause, epoch, null, answer, null, afterCommit);
  }

  /** The session it was sent in has ended without an answer. */
  static CommandChange lost(Command command, CommandState state, Instant at, String cause) {
    return of(command, state, at, cause, command.epoch());
  }

  static CommandChange expired(Command command, Instant at) {
    String cause = "its time was up while " + command.state().text();
    return of(command, CommandState.EXPIRED, at, cause, null);
  }

  static CommandChange cancelled(
      UUID id, int deviceKey, String caller, @Nullable Actor by, Instant at) {
    String cause = "cancelled by " + caller;
    return new CommandChange(
        id, deviceKey, CommandState.CANCELLED, at, cause, null, null, null, by, () -> {});
  }

  /** What is worth remembering of its end: the device's words, or why it ended without any. */
  @Nullable String said() {
    Command.Answer given = answer;
    if (given == null) {
      return cause;
    }
    return given.message().isEmpty() ? null : given.message();
  }

  @Override
  public int bytes() {
    Command.Answer a = answer;
    return 256 + (a == null ? 0 : a.payload().length);
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.error("Command {} could not become {}", id, state.text(), why);
    settled.completeExceptionally(why);
  }
}
