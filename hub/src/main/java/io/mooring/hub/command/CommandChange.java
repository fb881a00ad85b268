package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import java.time.Instant;
import java.util.Objects;
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
  private final String cause;

  /** The session that caused it; null: the hub did by itself. */
  final @Nullable Long epoch;

  /** Only commands last sent in this session; null: whichever. */
  final @Nullable Long sentIn;

  final Command.@Nullable Answer answer;

  /** Whom the audit log is to name; null: nobody asked for it, or its job's entry tells who did. */
  final @Nullable Actor by;

  /** Told after the commit, whether applied or not, unless a newer session has opened. */
  final @Nullable DeviceLink answerer;

  /** Only while no other node than this one holds the device's session; null: whoever does. */
  @Nullable String onlyOn;

  /** Completes after the commit, whether applied or not. */
  final CompletableFuture<Void> settled = new CompletableFuture<>();

  // Filled in by CommandChangeWrites.
  boolean applied;
  boolean fenced;
  @Nullable Row row;
  TransitionWrites.Happened happened = new TransitionWrites.Happened();

  /**
   * What the table says of the command besides, once the change is applied.
   *
   * @param before the state that it had
   * @param epoch of the session in which it was sent last
   */
  record Row(
      CommandState before,
      String name,
      int attempts,
      @Nullable Long epoch,
      Command.@Nullable Progress progress,
      @Nullable UUID job) {}

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
      @Nullable DeviceLink answerer) {
    this.id = id;
    this.deviceKey = deviceKey;
    this.state = state;
    this.at = Timestamps.kept(at);
    this.cause = cause;
    this.epoch = epoch;
    this.sentIn = sentIn;
    this.answer = answer;
    this.by = by;
    this.answerer = answerer;
  }

  /** Caused by a session. */
  private static CommandChange by(
      long epoch, UUID id, int deviceKey, CommandState state, Instant at, String cause) {
    return new CommandChange(id, deviceKey, state, at, cause, epoch, null, null, null, null);
  }

  /** Caused by the hub. */
  private static CommandChange of(
      Command command, CommandState state, Instant at, String cause, @Nullable Long sentIn) {
    return new CommandChange(
        command.id(), command.deviceKey(), state, at, cause, null, sentIn, null, null, null);
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

  /** By the device, over a link that is told once it is stored. */
  static CommandChange answered(
      UUID id, DeviceLink link, CommandState state, Command.Answer answer, Instant at) {
    String cause =
        Boolean.TRUE.equals(answer.retryable())
            ? "answered by the device, which may do it another time"
            : "answered by the device";
    return new CommandChange(
        id, link.deviceKey(), state, at, cause, link.epoch(), null, answer, null, link);
  }

  /** The session it was sent in has ended without an answer. */
  static CommandChange lost(Command command, CommandState state, Instant at, String cause) {
    return of(command, state, at, cause, command.epoch());
  }

  static CommandChange expired(Command command, Instant at) {
    return of(command, CommandState.EXPIRED, at, "its time was up", null);
  }

  static CommandChange cancelled(
      UUID id, int deviceKey, String caller, @Nullable Actor by, Instant at) {
    String cause = "cancelled by " + caller;
    return new CommandChange(
        id, deviceKey, CommandState.CANCELLED, at, cause, null, null, null, by, null);
  }

  /** The command after this change, by which it ended. */
  Command of(Command accepted) {
    Row after = Objects.requireNonNull(row, "not applied");
    return new Command(
        id,
        accepted.ordinal(),
        deviceKey,
        accepted.name(),
        accepted.contentType(),
        accepted.payload(),
        state,
        after.attempts,
        after.epoch,
        accepted.createdAt(),
        at,
        accepted.expiresAt(),
        answer,
        after.progress,
        accepted.retryOf(),
        accepted.job());
  }

  /** The event that tells of it, once it is applied. */
  EventStore.New event() {
    Row found = Objects.requireNonNull(row, "not applied");
    Long session = epoch == null ? sentIn : epoch;
    return new EventStore.New(at, deviceKey, state.text(), session, id, found.name(), cause());
  }

  /**
   * Once it is applied. What an expired command was is told by the table: whoever saw it expire may
   * have read of it before it was known to be sent.
   */
  String cause() {
    Row found = row;
    return state == CommandState.EXPIRED && found != null
        ? cause + " while " + found.before.text()
        : cause;
  }

  /** What is worth remembering of its end: the device's words, or why it ended without any. */
  @Nullable String said() {
    Command.Answer given = answer;
    if (given == null) {
      return cause();
    }
    return given.message().isEmpty() ? null : given.message();
  }

  /**
   * The answer is sure to come, as a rule at once; and where it does not, nobody waits for this.
   */
  @Override
  public boolean mayWait() {
    return state == CommandState.SENT || state == CommandState.RECEIVED;
  }

  @Override
  public int bytes() {
    Command.Answer a = answer;
    return 256 + (a == null ? 0 : a.payload().length);
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.atLevel(why.severity())
        .setCause(why)
        .log("Command {} could not become {}", id, state.text());
    settled.completeExceptionally(why);
  }
}
