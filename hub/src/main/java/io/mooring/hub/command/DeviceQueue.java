package io.mooring.hub.command;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one device during one session: what is in flight, what was read to go next, and
 * how far the table has been read. All state is guarded by this object's monitor; nothing blocks
 * under it.
 *
 * <p>Order: the table is read in the order of acceptance, from the last command read; a newly
 * accepted command is sent straight away only while nothing unsent can stand before it.
 */
final class DeviceQueue {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceQueue.class);

  private final DeviceLink link;
  private final CommandRelay relay;
  private final Executor readers;
  private final Window window;
  private final int pageBytes;
  private final ReadAhead ahead;
  private long readTo;

  /** Where to go on after the read that is under way; the highest number: where it has come to. */
  private long rewind = Long.MAX_VALUE;

  private boolean reading;
  private final Set<UUID> endedWhileReading = new HashSet<>(); // the page may show them unfinished
  private boolean acceptedWhileReading;
  private boolean moreInTable;
  private boolean held;
  private boolean undecided; // whether the next one is cancelled: all wait until it is known
  private boolean unflushed;
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
    this.window = new Window(window, windowBytes, relay.attempts().most());
    this.pageBytes = windowBytes;
    this.ahead = new ReadAhead(window, windowBytes);
    this.moreInTable = waiting;
  }

  DeviceLink link() {
    return link;
  }

  /** The session has opened, or something in the way is gone. */
  synchronized void pump() {
    if (window.isHalfEmpty()) {
      sendAhead();
    }
    if (!closed && !reading && moreInTable && ahead.hasRoomFor(ahead.page()) && !isHeld()) {
      reading = true;
      long after = readTo;
      int most = ahead.page();
      readers.execute(() -> read(after, most));
    }
    flush();
  }

  private boolean isHeld() {
    held = held && window.anyFresh(relay.now());
    return held;
  }

  private void sendAhead() {
    while (!ahead.isEmpty() && !window.isFull() && !undecided && !isHeld()) {
      Command next = ahead.remove();
      if (!send(next)) {
        ahead.putBack(next);
        return;
      }
    }
  }

  private void read(long after, int most) {
    List<Command> read;
    try {
      read = relay.open(link.deviceKey(), after, most, pageBytes);
    } catch (RuntimeException e) {
      LOG.warn("Reading commands of device key {}: {}", link.deviceKey(), e.getMessage());
      synchronized (this) {
        endRead(); // the relay's sweep pumps again
      }
      return;
    }
    synchronized (this) {
      if (rewind == Long.MAX_VALUE) {
        take(read, most);
      }
      endRead();
    }
    pump();
  }

  private void take(List<Command> read, int most) {
    long bytes = 0;
    for (Command command : read) {
      bytes += command.payload().length;
      readTo = command.ordinal();
      // What is under way comes again by itself if it is late: queuedAgain reads from there.
      if (!endedWhileReading.contains(command.id()) && !window.has(command.id())) {
        ahead.add(command);
      }
    }
    // A short page was the end of the table, unless something was accepted while it was read.
    moreInTable = read.size() == most || bytes >= pageBytes || acceptedWhileReading;
  }

  private void endRead() {
    reading = false;
    acceptedWhileReading = false;
    endedWhileReading.clear();
    readTo = Math.min(readTo, rewind);
    rewind = Long.MAX_VALUE;
  }

  /** A command is committed, and the last unfinished one before it is this; null: not known. */
  synchronized void accepted(Command command, @Nullable Long before) {
    // Its commit may have been read before it is told of here.
    if (closed || command.ordinal() <= readTo) {
      return;
    }
    boolean follows = before != null && before <= readTo && !moreInTable && !reading;
    if (!follows || !ahead.hasRoomFor(1)) {
      wake();
      return;
    }
    boolean isNext = ahead.isEmpty();
    ahead.add(command);
    readTo = command.ordinal();
    if (isNext) {
      // It waits for no others to go out with.
      sendAhead();
    }
    pump();
  }

  /** The table may hold commands of which this queue does not know. */
  synchronized void wake() {
    if (!closed) {
      moreInTable = true;
      acceptedWhileReading = reading;
      pump();
    }
  }

  /** False: it must wait, and with it all that comes after it. */
  private boolean send(Command command) {
    if (closed || !relay.maySend()) {
      return false;
    }
    if (window.has(command.id())) {
      return true;
    }
    Instant now = relay.now();
    if (window.mustWait(command, now)) {
      held = true;
      return false;
    }
    if (relay.isWithheld(command.id())) {
      undecided = true;
      return false;
    }
    int attempt = command.attempts() + 1;
    if (relay.mayBeSent(command)) {
      window.add(command, attempt, now);
      relay.sent(command, link.epoch(), attempt);
      unflushed = true;
      link.send(command, attempt);
    }
    return true;
  }

  private void flush() {
    if (unflushed) {
      unflushed = false;
      link.flush();
    }
  }

  /** A cancelling has come to its end, whatever that is. */
  synchronized void settled() {
    undecided = false;
    pump();
  }

  /** The device has it, by its own words. True: for the first time. */
  synchronized boolean received(UUID id) {
    InFlight flying = window.find(id);
    return flying == null || flying.receive(relay.now());
  }

  /** The device is at work on it. */
  synchronized void progress(UUID id, Command.Progress said) {
    InFlight flying = window.find(id);
    if (flying == null || closed) {
      return;
    }
    if (flying.receive(said.at())) {
      relay.has(link, id);
    }
    flying.progress(said);
    window.workedOn(flying, said.at());
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
    InFlight flying = window.answer(id);
    if (flying != null) {
      window.workedOn(flying, relay.now());
      ahead.readLongerPages();
      pump();
    }
  }

  /** The command's end is committed. */
  synchronized void ended(UUID id) {
    if (!window.end(id)) {
      ahead.leaveOut(id);
    }
    if (reading) {
      endedWhileReading.add(id);
    }
    // However few slots are free: the others may be taken for long, and these have waited a while.
    sendAhead();
    pump();
  }

  /** It is committed as queued; if as it was late, and not answered since, it is sent again. */
  synchronized void queuedAgain(UUID id) {
    InFlight flying = window.again(id);
    if (flying == null) {
      return;
    }
    // It comes before all that was read ahead.
    ahead.clear();
    if (reading) {
      rewind = Math.min(rewind, flying.ordinal - 1);
    } else {
      readTo = Math.min(readTo, flying.ordinal - 1);
    }
    wake();
  }

  /** Does what time asks for: called every second or so. */
  synchronized void sweep() {
    if (closed) {
      return;
    }
    Instant now = relay.now();
    for (InFlight flying : window.all()) {
      note(flying, now);
      if (flying.becomesLate(now, relay.attempts().answerTimeout())) {
        relay.late(link, flying.id, flying.attempt);
      }
    }
    // However few have become free: those that wait have waited long enough for others.
    sendAhead();
    pump();
  }

  /** Runs the task while nothing is sent. */
  synchronized void still(Runnable task) {
    task.run();
  }

  synchronized void close() {
    closed = true;
    ahead.clear();
  }
}
