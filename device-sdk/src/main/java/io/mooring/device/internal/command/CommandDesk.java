package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandProgress;
import io.mooring.protocol.v1.CommandReceived;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /**
   * How often the hub is told that commands are still here, which may take hours: it takes one that
   * it hears nothing of, for 15 minutes by default, for lost.
   */
  private static final Duration STILL_HERE = Duration.ofMinutes(5);

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
  private final Map<ByteString, ProgressReport> running = new LinkedHashMap<>();
  private Terms terms = new Terms(null, Integer.MAX_VALUE, Duration.ZERO);
  private @Nullable Consumer<DeviceFrame> session;
  private EventLoop.@Nullable Timer stillHere;
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

  /** A session is open: what the hub may not have yet is sent again. */
  public void attach(Consumer<DeviceFrame> session, Terms terms) {
    this.session = session;
    this.terms = terms;
    for (CommandResult result : journal.unacknowledged()) {
      sendResult(result);
    }
    sayStillHereLater();
  }

  /** The session has ended; commands taken go on. */
  public void detach() {
    session = null;
    if (stillHere != null) {
      stillHere.cancel();
    }
  }

  /** Nothing waiting is begun any more. */
  public void close() {
    closed = true;
    detach();
    waiting.clear();
  }

  private void sayStillHere() {
    for (ByteString id : running.keySet()) {
      sendReceived(id);
    }
    for (Command command : waiting) {
      sendReceived(command.getId());
    }
    sayStillHereLater();
  }

  private void sayStillHereLater() {
    stillHere =
        loop.schedule(
            STILL_HERE,
            new Runnable() {
              @Override
              public void run() {
                sayStillHere();
              }
            });
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
    sendReceived(command.getId());
    ProgressReport progress = running.get(command.getId());
    if (progress != null) {
      progress.again();
    }
    startNext();
  }

  /** Whether one more may wait; what has expired meanwhile does not need to. */
  private boolean makeRoom() {
    if (waiting.size() == MAX_WAITING) {
      Iterator<Command> commands = waiting.iterator();
      while (commands.hasNext()) {
        Command command = commands.next();
        if (isLate(command)) {
          commands.remove();
          finish(expired(command));
        }
      }
    }
    return waiting.size() < MAX_WAITING;
  }

  private boolean isLate(Command command) {
    long expiresAtUs = command.getExpiresAtUs();
    LongSupplier hubTimeUs = terms.hubTimeUs();
    return expiresAtUs != 0 && hubTimeUs != null && expiresAtUs <= hubTimeUs.getAsLong();
  }

  /** The hub has stored the result, which may make room for the next. */
  public void acknowledged(ByteString id) {
    journal.acknowledged(id);
    startNext();
  }

  private void startNext() {
    while (running.size() < atOnce && !waiting.isEmpty() && journal.hasRoom()) {
      Command command = waiting.remove();
      if (isLate(command)) {
        finish(expired(command));
      } else if (!journal.begin(command)) {
        finish(noJournal(command));
      } else {
        ProgressReport progress = new ProgressReport(command.getId(), loop, this);
        running.put(command.getId(), progress);
        workers.execute(
            new Runnable() {
              @Override
              public void run() {
                handle(command, progress);
              }
            });
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

  private static CommandResult noJournal(Command command) {
    return CommandResult.newBuilder()
        .setId(command.getId())
        .setStatus(CommandStatus.COMMAND_STATUS_FAILED)
        .setMessage(NO_JOURNAL)
        .setRetryable(true)
        .build();
  }

  /** On a worker thread. */
  private void handle(Command command, ProgressReport progress) {
    if (closed) {
      return;
    }
    CommandResult result = handler.handle(command, progress);
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            running.remove(command.getId());
            progress.end();
            finish(result);
            startNext();
          }
        });
  }

  private void finish(CommandResult result) {
    journal.finish(result);
    sendResult(result);
  }

  private void sendResult(CommandResult result) {
    boolean fits = result.getPayload().size() <= terms.maxPayload();
    CommandResult sent = fits ? result : withoutPayload(result);
    send(DeviceFrame.newBuilder().setCommandResult(sent).build());
  }

  /** A result that this hub would refuse, and with it the session, again and again. */
  private CommandResult withoutPayload(CommandResult result) {
    return result.toBuilder()
        .clearPayload()
        .setMessage(
            "the result's payload was left out: it has %d bytes and the hub takes at most %d"
                .formatted(result.getPayload().size(), terms.maxPayload()))
        .build();
  }

  private void sendReceived(ByteString id) {
    send(
        DeviceFrame.newBuilder()
            .setCommandReceived(CommandReceived.newBuilder().setId(id))
            .build());
  }

  /** The time until the next of this command, at the least; null: this one was not sent. */
  @Nullable Duration sendProgress(CommandProgress progress) {
    if (session == null || closed || terms.progressEvery().isZero()) {
      return null;
    }
    send(DeviceFrame.newBuilder().setCommandProgress(progress).build());
    return terms.progressEvery();
  }

  private void send(DeviceFrame frame) {
    if (session != null && !closed) {
      session.accept(frame);
    }
  }

  /**
   * What holds in one session.
   *
   * @param hubTimeUs the hub's clock as far as it is known; null before the first session
   * @param maxPayload the largest payload this hub takes in a result, in bytes
   * @param progressEvery the shortest time between two reports of progress of one command; zero:
   *     the hub does not know them
   */
  public record Terms(@Nullable LongSupplier hubTimeUs, int maxPayload, Duration progressEvery) {}

  /** Takes how far a command is; may be called from any thread, at any rate. */
  @FunctionalInterface
  public interface Reporter {
    /**
     * @param percent 0 to 100
     * @param message at most 256 bytes without control characters
     */
    void report(int percent, String message);
  }

  /** Carries commands out, on worker threads. */
  @FunctionalInterface
  public interface Handler {
    /** Never throws; the result has the id of the command. */
    CommandResult handle(Command command, Reporter reporter);
  }
}
