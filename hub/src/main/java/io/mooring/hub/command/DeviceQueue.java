package io.mooring.hub.command;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one device during one session: what is in flight, and how far the table has been
 * read. All state is guarded by this object's monitor; nothing blocks under it.
 *
 * <p>Order: the table is read in the order of acceptance, from the last command sent; a newly
 * accepted command is sent straight away only while nothing unsent can stand before it in the
 * table.
 */
final class DeviceQueue {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceQueue.class);

  private final DeviceLink link;
  private final CommandRelay relay;
  private final Executor readers;
  private final int window;

  /** Sent in this session and not yet answered: they take up the window. */
  private final Set<UUID> unanswered = new HashSet<>();

  /**
   * Sent in this session, with the attempt, until its end is committed: never sent twice in one
   * session.
   */
  private final Map<UUID, Integer> sent = new HashMap<>();

  private long readTo;
  private boolean reading;
  private boolean acceptedWhileReading;
  private boolean moreInTable = true;
  private boolean closed;

  DeviceQueue(DeviceLink link, CommandRelay relay, Executor readers, int window) {
    this.link = link;
    this.relay = relay;
    this.readers = readers;
    this.window = window;
  }

  DeviceLink link() {
    return link;
  }

  /** The session has opened, or a slot of the window is free. */
  synchronized void pump() {
    if (closed || reading || !moreInTable || unanswered.size() >= window) {
      return;
    }
    reading = true;
    long after = readTo;
    int limit = window - unanswered.size();
    readers.execute(() -> read(after, limit));
  }

  private void read(long after, int limit) {
    List<Command> page;
    try {
      page = relay.open(link.deviceKey(), after, limit);
    } catch (RuntimeException e) {
      LOG.warn("Reading commands of device key {}: {}", link.deviceKey(), e.getMessage());
      failed();
      return;
    }
    synchronized (this) {
      reading = false;
      // A short page was the end of the table, unless something was accepted while it was read.
      moreInTable = moreInTable && (page.size() == limit || acceptedWhileReading);
      acceptedWhileReading = false;
      page.forEach(this::send);
    }
    pump();
  }

  /** The relay's sweep pumps again. */
  private synchronized void failed() {
    reading = false;
  }

  /** A command has been accepted and committed. */
  synchronized void accepted(Command command) {
    if (closed) {
      return;
    }
    if (moreInTable || reading || unanswered.size() >= window) {
      moreInTable = true;
      acceptedWhileReading = reading;
      pump();
    } else {
      send(command);
    }
  }

  private void send(Command command) {
    if (closed) {
      return;
    }
    readTo = Math.max(readTo, command.ordinal());
    if (sent.containsKey(command.id())) {
      return;
    }
    int attempt = command.attempts() + 1;
    if (relay.mayBeSent(command)) {
      sent.put(command.id(), attempt);
      unanswered.add(command.id());
      relay.sent(command, link.epoch(), attempt);
      link.send(command, attempt);
    }
  }

  /** The device has answered; the slot is free, the answer not yet stored. */
  synchronized void answered(UUID id) {
    if (unanswered.remove(id)) {
      pump();
    }
  }

  /** The command's end is committed. */
  synchronized void ended(UUID id) {
    sent.remove(id);
    answered(id);
  }

  synchronized void close() {
    closed = true;
  }
}
