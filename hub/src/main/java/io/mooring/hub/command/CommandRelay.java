package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Brings commands to live sessions and their answers back. Everything it remembers is a cache of
 * the table: a session attaches and is sent what the table holds.
 */
public final class CommandRelay {
  private final CommandStore store;
  private final BatchWriter writer;
  private final InstantSource clock;
  private final Executor readers;
  private final int window;
  private final int windowBytes;
  private final int maxAttempts;
  private final Duration answerTimeout;
  private final Map<Integer, DeviceQueue> queues = new ConcurrentHashMap<>();

  /** About to be cancelled: not sent any more, as the table may be read before the commit. */
  private final Set<UUID> withheld = ConcurrentHashMap.newKeySet();

  /**
   * @param readers runs reads of the table, which may block
   */
  CommandRelay(
      CommandStore store,
      BatchWriter writer,
      InstantSource clock,
      Executor readers,
      Limits limits) {
    this.store = store;
    this.writer = writer;
    this.clock = clock;
    this.readers = readers;
    this.window = limits.commandWindow();
    this.windowBytes = limits.commandWindowBytes();
    this.maxAttempts = limits.commandAttempts();
    this.answerTimeout = Duration.ofSeconds(limits.commandAnswerSeconds());
  }

  /**
   * A session is live: what waits for its device goes out, in order. Called on the notifier thread
   * only, so no two sessions attach at a time; no lock is held while a queue's own is taken.
   *
   * @param waiting whether the table may hold unfinished commands of the device: where a whole
   *     fleet comes back, a read for each device would cost more than all else
   */
  public void attach(DeviceLink link, boolean waiting) {
    DeviceQueue before = queues.get(link.deviceKey());
    if (before != null && before.link().epoch() > link.epoch()) {
      return;
    }
    DeviceQueue queue = new DeviceQueue(link, this, readers, window, windowBytes, waiting);
    queues.put(link.deviceKey(), queue);
    if (before != null) {
      // Its session may be about to end on another thread: nothing more goes out over it.
      before.close();
    }
    queue.pump();
  }

  /** A session has ended: what it was sent and did not answer is queued again. */
  public void detach(DeviceLink link) {
    DeviceQueue queue = queues.get(link.deviceKey());
    if (queue != null && queue.link().epoch() == link.epoch()) {
      queue.close();
      queues.remove(link.deviceKey(), queue);
    }
    writer.submit(SessionEnd.of(link.deviceKey(), link.epoch(), clock.instant()));
  }

  /** At the start: what a former run had sent is queued again. */
  void requeueLeft() {
    writer.submit(SessionEnd.all(clock.instant()));
  }

  private CommandChange lost(Command command) {
    return command.attempts() < maxAttempts
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

  Instant now() {
    return clock.instant();
  }

  /** How often a command is sent at the most. */
  int maxAttempts() {
    return maxAttempts;
  }

  /** How long a device may be silent about a command it was sent. */
  Duration answerTimeout() {
    return answerTimeout;
  }

  List<Command> open(int deviceKey, long after, int limit, int bytes) {
    return store.open(deviceKey, after, limit, bytes);
  }

  /** Whether a cancelling of the command is under way. */
  boolean isWithheld(UUID id) {
    return withheld.contains(id);
  }

  /** Settles what must not go out (again): overdue, or sent too often. True: send it. */
  boolean mayBeSent(Command command) {
    if (!command.expiresAt().isAfter(clock.instant())) {
      writer.submit(CommandChange.expired(command, clock.instant()));
      return false;
    }
    boolean mayBeTried = command.attempts() < maxAttempts;
    if (command.state() != CommandState.QUEUED || !mayBeTried) {
      // Left in flight by an earlier session whose end has not been dealt with yet, or queued after
      // its last attempt by a hub that allowed more.
      writer.submit(lost(command));
    }
    return mayBeTried;
  }

  void sent(Command command, long epoch, int attempt) {
    writer.submit(CommandChange.sent(command, epoch, attempt, clock.instant()));
  }

  /** The device has the command. */
  public void received(DeviceLink link, UUID id) {
    DeviceQueue queue = queueOf(link);
    if (queue == null || queue.received(id)) {
      has(link, id);
    }
  }

  void has(DeviceLink link, UUID id) {
    writer.submit(CommandChange.received(id, link.deviceKey(), link.epoch(), clock.instant()));
  }

  /** The device is at work on a command. What it was not sent in this session is ignored. */
  public void progress(DeviceLink link, Inbound.CommandProgress said) {
    DeviceQueue queue = queueOf(link);
    if (queue != null) {
      queue.progress(
          said.id(), new Command.Progress(said.percent(), said.message(), clock.instant()));
    }
  }

  void note(DeviceLink link, UUID id, Command.Progress progress) {
    writer.submit(new CommandProgress(id, link.deviceKey(), link.epoch(), progress));
  }

  /** The device is alive and has neither answered nor said how far it is. */
  void late(DeviceLink link, UUID id, int attempt) {
    boolean again = attempt < maxAttempts;
    String cause =
        again
            ? "no answer within " + span(answerTimeout)
            : "sent %d times and never answered, the last time for %s"
                .formatted(attempt, span(answerTimeout));
    writer.submit(
        CommandChange.unanswered(
            id,
            link.deviceKey(),
            link.epoch(),
            again ? CommandState.QUEUED : CommandState.UNDELIVERABLE,
            clock.instant(),
            cause));
  }

  /** As people say it: 15 s, 15 min. */
  private static String span(Duration time) {
    long seconds = time.toSeconds();
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  /** A replaced session's frames must not touch the newest one's queue. */
  private @Nullable DeviceQueue queueOf(DeviceLink link) {
    DeviceQueue queue = queues.get(link.deviceKey());
    return queue != null && queue.link().epoch() == link.epoch() ? queue : null;
  }

  /**
   * Cancels a command: from now on it is not sent; if it was sent a moment ago, that is in the
   * table before.
   *
   * @param by whom the audit log is to name; null: nobody
   */
  CommandChange cancel(UUID id, int deviceKey, String caller, @Nullable Actor by) {
    CommandChange change = CommandChange.cancelled(id, deviceKey, caller, by, clock.instant());
    Runnable handOver =
        () -> {
          withheld.add(id);
          writer.submit(change);
        };
    DeviceQueue queue = queues.get(deviceKey);
    if (queue == null) {
      handOver.run();
    } else {
      queue.still(handOver);
    }
    var _ = change.settled.whenComplete((_, _) -> settled(id, deviceKey));
    return change;
  }

  private void settled(UUID id, int deviceKey) {
    withheld.remove(id);
    DeviceQueue queue = queues.get(deviceKey);
    if (queue != null) {
      queue.settled();
    }
  }

  /** The device has answered; it is told so once the answer is committed. */
  public void answered(DeviceLink link, Inbound.CommandResult result) {
    CommandState state =
        switch (result.outcome()) {
          case SUCCEEDED -> CommandState.SUCCEEDED;
          case FAILED -> CommandState.FAILED;
          case REJECTED -> CommandState.REJECTED;
        };
    Command.Answer answer =
        new Command.Answer(
            result.contentType(), result.payload(), result.message(), result.retryable());
    // A replaced session's answer is given again over the newest one, whose window it fills.
    DeviceQueue queue = queueOf(link);
    if (queue != null) {
      queue.answered(result.id());
    }
    // An answer that changes nothing (already ended, or not ours) is acknowledged too: the device
    // may forget it.
    writer.submit(CommandChange.answered(result.id(), link, state, answer, clock.instant()));
  }

  /** A command has been accepted and committed. */
  void accepted(Command command) {
    DeviceQueue queue = queues.get(command.deviceKey());
    if (queue != null) {
      queue.accepted(command);
    }
  }

  /** A command has ended. */
  void ended(int deviceKey, UUID id) {
    DeviceQueue queue = queues.get(deviceKey);
    if (queue != null) {
      queue.ended(id);
    }
  }

  /** A command is queued again. */
  void queuedAgain(int deviceKey, UUID id) {
    DeviceQueue queue = queues.get(deviceKey);
    if (queue != null) {
      queue.queuedAgain(id);
    }
  }

  /**
   * Does what time asks for, and tries again where reading failed; cheap where there is nothing.
   */
  void sweep() {
    queues.values().forEach(DeviceQueue::sweep);
  }
}
