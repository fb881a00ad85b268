package io.mooring.hub.command;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one device during one session: what is in flight, and how far the table has been
 * read. All state is guarded by this object's monitor; nothing blocks under it.
 *
 * <p>Order: the table is read in the order of acceptance, from the last command sent; a newly
 * accepted command is sent straight away only while nothing unsent can stand before it in the
 * table.
 *
 * <p>A command that was sent {@link #SUSPICIOUS} times without an answer may be what ends the
 * connection. It goes out alone, or it would use up the attempts of those beside it.
 */
final class DeviceQueue {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceQueue.class);
  private static final int SUSPICIOUS = 3;

  private final DeviceLink link;
  private final CommandRelay relay;
  private final Executor readers;
  private final int window;
  private final int windowBytes;

  /** Sent in this session, until their ends are committed: never sent twice, unless late. */
  private final Map<UUID, InFlight> sent = new HashMap<>();

  /** How many of them are not answered: they take up the window. */
  private int unanswered;

  /** The bytes of their payloads: they take up the window, too. */
  private long unansweredBytes;

  /** Sent again in this session as they were late: the line lives, so they do not end it. */
  private final Set<UUID> slow = new HashSet<>();

  private long readTo;

  /** Where to go on after the read that is under way; the highest number: where it has come to. */
  private long rewind = Long.MAX_VALUE;

  private boolean reading;

  /** A page that is being read may still show them as unfinished. */
  private final Set<UUID> endedWhileReading = new HashSet<>();

  private boolean acceptedWhileReading;
  private boolean moreInTable;
  private boolean held;
  private boolean undecided; // whether the next one is cancelled: all wait until it is known
  private boolean closed;

  /**
   * @param waiting false: the table holds no unfinished command of the device
   */
  DeviceQueue(
      DeviceLink link,
      CommandRelay relay,
      Executor readers,
      int window,
      int windowBytes,
      boolean waiting) {
    this.link = link;
    this.relay = relay;
    this.readers = readers;
    this.window = window;
    this.windowBytes = windowBytes;
    this.moreInTable = waiting;
  }

  DeviceLink link() {
    return link;
  }

  /** The session has opened, or a slot of the window is free. */
  synchronized void pump() {
    if (closed || reading || !moreInTable || undecided || isFull()) {
      return;
    }
    if (held && anyFresh(relay.now(), false)) {
      return;
    }
    held = false;
    reading = true;
    long after = readTo;
    int limit = window - unanswered;
    readers.execute(() -> read(after, limit));
  }

  private void read(long after, int limit) {
    List<Command> page;
    try {
      page = relay.open(link.deviceKey(), after, limit);
    } catch (RuntimeException e) {
      LOG.warn("Reading commands of device key {}: {}", link.deviceKey(), e.getMessage());
      synchronized (this) {
        endRead(); // the relay's sweep pumps again
      }
      return;
    }
    synchronized (this) {
      // A short page was the end of the table, unless something was accepted while it was read.
      moreInTable = moreInTable && (page.size() == limit || acceptedWhileReading);
      acceptedWhileReading = false;
      for (Command command : page) {
        if (isFull()) {
          // Too large to go out at once: the rest is read again when there is room.
          moreInTable = true;
          break;
        }
        if (!send(command)) {
          break;
        }
      }
      endRead();
    }
    pump();
  }

  private void endRead() {
    reading = false;
    endedWhileReading.clear();
    readTo = Math.min(readTo, rewind);
    rewind = Long.MAX_VALUE;
  }

  /** A command has been accepted and committed. */
  synchronized void accepted(Command command) {
    if (closed) {
      return;
    }
    if (moreInTable || reading || isFull()) {
      moreInTable = true;
      acceptedWhileReading = reading;
      pump();
    } else {
      send(command);
    }
  }

  private boolean isFull() {
    return unanswered >= window || unansweredBytes >= windowBytes;
  }

  /** False: it must wait, and with it all that comes after it. */
  private boolean send(Command command) {
    if (closed) {
      return false;
    }
    Instant now = relay.now();
    boolean suspect = command.attempts() >= SUSPICIOUS && !slow.contains(command.id());
    if (!sent.containsKey(command.id()) && !endedWhileReading.contains(command.id())) {
      if (anyFresh(now, !suspect)) {
        held = true;
        moreInTable = true;
        return false;
      }
      if (relay.isWithheld(command.id())) {
        undecided = true;
        moreInTable = true;
        return false;
      }
      int attempt = command.attempts() + 1;
      if (relay.mayBeSent(command)) {
        sent.put(command.id(), new InFlight(command, attempt, suspect, now));
        unanswered++;
        unansweredBytes += command.payload().length;
        relay.sent(command, link.epoch(), attempt);
        link.send(command, attempt);
      }
    }
    readTo = Math.max(readTo, command.ordinal());
    return true;
  }

  /** Whether something is in flight that the device may not survive; or only suspects of that. */
  private boolean anyFresh(Instant now, boolean onlySuspects) {
    if (unanswered == 0) {
      return false;
    }
    for (InFlight flying : sent.values()) {
      if (flying.isFresh(now) && (flying.suspect || !onlySuspects)) {
        return true;
      }
    }
    return false;
  }

  /** A cancelling has come to its end, whatever that is. */
  synchronized void settled() {
    undecided = false;
    pump();
  }

  /** The device has it, by its own words. True: for the first time. */
  synchronized boolean received(UUID id) {
    InFlight flying = sent.get(id);
    return flying == null || flying.receive(relay.now());
  }

  /** The device is at work on it. */
  synchronized void progress(UUID id, Command.Progress said) {
    InFlight flying = sent.get(id);
    if (flying == null || closed) {
      return;
    }
    if (flying.receive(said.at())) {
      relay.has(link, id);
    }
    flying.progress(said);
    note(flying, said.at());
  }

  private void note(InFlight flying, Instant now) {
    Command.Progress due = flying.takeProgress(now);
    if (due != null) {
      relay.note(link, flying.id, due);
    }
  }

  /** The device has answered; the slot is free, the answer not yet stored. */
  synchronized void answered(UUID id) {
    InFlight flying = sent.get(id);
    if (flying != null && flying.isUnanswered()) {
      forget(flying);
      flying.answer();
      pump();
    }
  }

  /** The command's end is committed. */
  synchronized void ended(UUID id) {
    slow.remove(id);
    forget(sent.remove(id));
    if (reading) {
      endedWhileReading.add(id);
    }
    pump();
  }

  /** It is committed as queued; if as it was late, and not answered since, it is sent again. */
  synchronized void queuedAgain(UUID id) {
    InFlight flying = sent.get(id);
    if (flying == null || !flying.isLate() || !flying.isUnanswered()) {
      return;
    }
    forget(sent.remove(id));
    slow.add(id);
    moreInTable = true;
    acceptedWhileReading = reading;
    if (reading) {
      rewind = Math.min(rewind, flying.ordinal - 1);
    } else {
      readTo = Math.min(readTo, flying.ordinal - 1);
    }
    pump();
  }

  private void forget(@Nullable InFlight flying) {
    if (flying != null && flying.isUnanswered()) {
      unanswered--;
      unansweredBytes -= flying.bytes;
    }
  }

  /** Does what time asks for: called every second or so. */
  synchronized void sweep() {
    if (closed) {
      return;
    }
    Instant now = relay.now();
    for (InFlight flying : sent.values()) {
      note(flying, now);
      if (flying.becomesLate(now, relay.answerTimeout())) {
        relay.late(link, flying.id, flying.attempt);
      }
    }
    pump();
  }

  /** Runs the task while nothing is sent. */
  synchronized void still(Runnable task) {
    task.run();
  }

  synchronized void close() {
    closed = true;
  }
}
