package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandReceived;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes commands from the hub, has them carried out in order, and answers. Lives on the loop. */
public final class CommandDesk {
  private static final Logger log = LoggerFactory.getLogger(CommandDesk.class);

  /**
   * Commands that may wait for those before them: the largest window of a hub, which is 16 by
   * default. There are more only where the hub gave up those that wait, as expired for instance.
   */
  private static final int MAX_WAITING = 1_000;

  private static final String NO_JOURNAL =
      "not begun: the device cannot write its command journal, and might carry it out twice";

  private static final String NO_ROOM =
      "not begun: " + MAX_WAITING + " commands wait on the device already";

  private final EventLoop loop;
  private final Executor workers;
  private final CommandJournal journal;
  private final Handler handler;
  private final int atOnce;
  private final Queue<Command> waiting = new ArrayDeque<>();
  private LongSupplier hubTimeUs = () -> 0;
  private @Nullable Consumer<DeviceFrame> session;
  private int maxPayload = Integer.MAX_VALUE;
  private int running;
  private volatile boolean closed;

  /**
   * @param atOnce how many commands may be carried out at a time; with 1 they are in order
   */
  public CommandDesk(
      EventLoop loop, Executor workers, CommandJournal journal, Handler handler, int atOnce) {
    this.loop = loop;
    this.workers = workers;
    this.journal = journal;
    this.handler = handler;
    this.atOnce = atOnce;
  }

  /**
   * A session is open: what the hub may not have yet is sent again.
   *
   * @param hubTimeUs the hub's clock as far as it is known
   * @param maxPayload the largest payload this hub takes in a result, in bytes
   */
  public void attach(Consumer<DeviceFrame> session, LongSupplier hubTimeUs, int maxPayload) {
    this.session = session;
    this.hubTimeUs = hubTimeUs;
    this.maxPayload = maxPayload;
    journal.unacknowledged().forEach(this::sendResult);
  }

  /** The session has ended; commands taken go on. */
  public void detach() {
    session = null;
  }

  /** Nothing waiting is begun any more. */
  public void close() {
    closed = true;
    session = null;
    waiting.clear();
  }

  public void deliver(Command command) {
    CommandResult known = journal.result(command.getId());
    if (known != null) {
      sendResult(known);
      return;
    }
    if (!journal.knows(command.getId())) {
      if (!makeRoom()) {
        // Without an answer it would come again after those that come after it.
        log.warn("Rejected a command: {} are waiting already", MAX_WAITING);
        finish(rejected(command, NO_ROOM));
        return;
      }
      journal.take(command.getId());
      waiting.add(command);
    }
    send(
        DeviceFrame.newBuilder()
            .setCommandReceived(CommandReceived.newBuilder().setId(command.getId()))
            .build());
    startNext();
  }

  /** Whether one more may wait; what has expired meanwhile does not need to. */
  private boolean makeRoom() {
    if (waiting.size() == MAX_WAITING) {
      waiting.removeIf(
          command -> {
            boolean late = isLate(command);
            if (late) {
              finish(expired(command));
            }
            return late;
          });
    }
    return waiting.size() < MAX_WAITING;
  }

  private boolean isLate(Command command) {
    long expiresAtUs = command.getExpiresAtUs();
    return expiresAtUs != 0 && expiresAtUs <= hubTimeUs.getAsLong();
  }

  /** The hub has stored the result, which may make room for the next. */
  public void acknowledged(ByteString id) {
    journal.acknowledged(id);
    startNext();
  }

  private void startNext() {
    while (running < atOnce && !waiting.isEmpty() && journal.hasRoom()) {
      Command command = waiting.remove();
      if (isLate(command)) {
        finish(expired(command));
      } else if (!journal.begin(command)) {
        finish(rejected(command, NO_JOURNAL));
      } else {
        running++;
        workers.execute(() -> handle(command));
      }
    }
  }

  private static CommandResult expired(Command command) {
    return rejected(
        command, "not begun: the command had expired while it waited for those before it");
  }

  private static CommandResult rejected(Command command, String message) {
    return CommandResult.newBuilder()
        .setId(command.getId())
        .setStatus(CommandStatus.COMMAND_STATUS_REJECTED)
        .setMessage(message)
        .build();
  }

  /** On a worker thread. */
  private void handle(Command command) {
    if (closed) {
      return;
    }
    CommandResult result = handler.handle(command);
    loop.execute(
        () -> {
          running--;
          finish(result);
          startNext();
        });
  }

  private void finish(CommandResult result) {
    journal.finish(result);
    sendResult(result);
  }

  private void sendResult(CommandResult result) {
    boolean fits = result.getPayload().size() <= maxPayload;
    CommandResult sent = fits ? result : withoutPayload(result);
    send(DeviceFrame.newBuilder().setCommandResult(sent).build());
  }

  /** A result that this hub would refuse, and with it the session, again and again. */
  private CommandResult withoutPayload(CommandResult result) {
    return result.toBuilder()
        .clearPayload()
        .setMessage(
            "the result's payload was left out: it has %d bytes and the hub takes at most %d"
                .formatted(result.getPayload().size(), maxPayload))
        .build();
  }

  private void send(DeviceFrame frame) {
    if (session != null && !closed) {
      session.accept(frame);
    }
  }

  /** Carries commands out, on worker threads. */
  @FunctionalInterface
  public interface Handler {
    /** Never throws; the result has the id of the command. */
    CommandResult handle(Command command);
  }
}
