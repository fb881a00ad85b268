package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings commands to live sessions and their answers back. Everything it remembers is a cache of
 * the table: a session attaches and is sent what the table holds.
 */
public final class CommandRelay {
  private static final Duration WOKEN_FOR = Duration.ofSeconds(10);

  private final CommandStore store;
  private final BatchWriter writer;
  private final InstantSource clock;
  private final Executor readers;
  private final int window;
  private final int windowBytes;
  private final Attempts attempts;
  private final Peers peers;
  private final BooleanSupplier holds;
  private final Map<Integer, DeviceQueue> queues = new ConcurrentHashMap<>();

  /**
   * Devices that were said to have new commands before their session was here, and when: the
   * session may be about to attach, and its look at the table older than the commands.
   */
  private final Map<Integer, Instant> woken = new ConcurrentHashMap<>();

  private final Cancelling cancelling;

  /**
   * @param readers runs reads of the table, which may block
   * @param holds whether this hub may act for its devices
   */
  CommandRelay(
      CommandStore store,
      BatchWriter writer,
      InstantSource clock,
      Executor readers,
      Limits limits,
      Peers peers,
      BooleanSupplier holds) {
    this.peers = peers;
    this.holds = holds;
    this.store = store;
    this.writer = writer;
    this.clock = clock;
    this.readers = readers;
    this.window = limits.commandWindow();
    this.windowBytes = limits.commandWindowBytes();
    this.cancelling = new Cancelling(writer, clock, queues);
    this.attempts =
        new Attempts(
            limits.commandAttempts(), Duration.ofSeconds(limits.commandAnswerSeconds()), clock);
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
    if (woken.remove(link.deviceKey()) != null) {
      queue.wake();
    }
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

  Instant now() {
    return clock.instant();
  }

  Attempts attempts() {
    return attempts;
  }

  List<Command> open(int deviceKey, long after, int limit, int bytes) {
    return store.open(deviceKey, after, limit, bytes);
  }

  /** Whether a cancelling of the command is under way. */
  boolean isWithheld(UUID id) {
    return cancelling.isWithheld(id);
  }

  /** Settles what must not go out (again): overdue, or sent too often. True: send it. */
  boolean mayBeSent(Command command) {
    if (!command.expiresAt().isAfter(clock.instant())) {
      expire(command);
      return false;
    }
    boolean mayBeTried = attempts.areLeft(command);
    if (command.state() != CommandState.QUEUED || !mayBeTried) {
      // Left in flight by an earlier session whose end has not been dealt with yet, or queued after
      // its last attempt by a hub that allowed more.
      writer.submit(attempts.lost(command));
    }
    return mayBeTried;
  }

  /** Its time is up. */
  void expire(Command command) {
    CommandChange change = CommandChange.expired(command, clock.instant());
    change.onlyOn = here();
    writer.submit(change);
  }

  private @Nullable String here() {
    return peers.exist() ? peers.node() : null;
  }

  /**
   * The device may have new commands in the table. False: no session of it is here, or not yet; one
   * that attaches in the next seconds looks.
   */
  public boolean wake(int deviceKey) {
    DeviceQueue queue = queues.get(deviceKey);
    if (queue == null) {
      woken.put(deviceKey, clock.instant());
      // It may have attached in between.
      queue = queues.get(deviceKey);
    }
    if (queue == null) {
      return false;
    }
    queue.wake();
    return true;
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
    writer.submit(attempts.late(link, id, attempt));
  }

  /** A replaced session's frames must not touch the newest one's queue. */
  private @Nullable DeviceQueue queueOf(DeviceLink link) {
    DeviceQueue queue = queues.get(link.deviceKey());
    return queue != null && queue.link().epoch() == link.epoch() ? queue : null;
  }

  /** Cancels a command: see {@link Cancelling}. */
  CommandChange cancel(UUID id, int deviceKey, String caller, @Nullable Actor by) {
    return cancelling.cancel(id, deviceKey, caller, by, here());
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

  /**
   * A command has been accepted and committed.
   *
   * @param before as {@link CommandAccept.Place} has it; null: nobody knows
   */
  void accepted(Command command, @Nullable Long before) {
    DeviceQueue queue = queues.get(command.deviceKey());
    if (queue != null) {
      queue.accepted(command, before);
    }
  }

  /** Whether anything may be sent: to others, a hub whose lease has run out sends nothing more. */
  boolean maySend() {
    return holds.getAsBoolean();
  }

  /** Whether a session of the device is here. */
  boolean has(int deviceKey) {
    return queues.containsKey(deviceKey);
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
    Instant old = clock.instant().minus(WOKEN_FOR);
    woken.values().removeIf(since -> since.isBefore(old));
  }
}
