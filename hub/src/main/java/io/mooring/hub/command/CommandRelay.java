package io.mooring.hub.command;

import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.wire.Inbound;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

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
  private final int maxAttempts;
  private final Map<Integer, DeviceQueue> queues = new ConcurrentHashMap<>();

  /**
   * @param readers runs reads of the table, which may block
   */
  CommandRelay(
      CommandStore store,
      BatchWriter writer,
      InstantSource clock,
      Executor readers,
      int window,
      int maxAttempts) {
    this.store = store;
    this.writer = writer;
    this.clock = clock;
    this.readers = readers;
    this.window = window;
    this.maxAttempts = maxAttempts;
  }

  /**
   * A session is live: what waits for its device goes out, in order. Called on the notifier thread
   * only, so no two sessions attach at a time; no lock is held while a queue's own is taken.
   */
  public void attach(DeviceLink link) {
    DeviceQueue before = queues.get(link.deviceKey());
    if (before != null && before.link().epoch() > link.epoch()) {
      return;
    }
    DeviceQueue queue = new DeviceQueue(link, this, readers, window);
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

  List<Command> open(int deviceKey, long after, int limit) {
    return store.open(deviceKey, after, limit);
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
    writer.submit(CommandChange.received(id, link.deviceKey(), link.epoch(), clock.instant()));
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
        new Command.Answer(result.contentType(), result.payload(), result.message());
    DeviceQueue queue = queues.get(link.deviceKey());
    // A replaced session's answer is given again over the newest one, whose window it fills.
    if (queue != null && queue.link().epoch() == link.epoch()) {
      queue.answered(result.id());
    }
    // An answer that changes nothing (already ended, or not ours) is acknowledged too: the device
    // may forget it.
    writer.submit(
        CommandChange.answered(
            result.id(),
            link.deviceKey(),
            link.epoch(),
            state,
            answer,
            clock.instant(),
            () -> link.acknowledge(result.id())));
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

  /** Tries again where reading failed; cheap where nothing is to be done. */
  void sweep() {
    queues.values().forEach(DeviceQueue::pump);
  }
}
