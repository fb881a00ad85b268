package io.mooring.hub.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** Commands read from the table and not sent yet, in order. Guarded by its queue's monitor. */
final class ReadAhead {
  /** Commands read at a time, well ahead of the window, so that the device does not wait. */
  private static final int PAGE = 128;

  private final int most;
  private final int mostBytes;

  /**
   * Commands of the next page. At first they fill the window only: a whole fleet may come back with
   * long queues, and of a device that has answered nothing nobody knows that it will.
   */
  private int page;

  /** Small at first, as most devices have none. */
  private final Deque<Command> commands = new ArrayDeque<>(1);

  private long bytes;

  /**
   * @param window commands that may be unanswered
   * @param mostBytes of payloads, at which no more is read
   */
  ReadAhead(int window, int mostBytes) {
    this.page = window;
    this.most = 2 * Math.max(window, PAGE);
    this.mostBytes = mostBytes;
  }

  boolean isEmpty() {
    return commands.isEmpty();
  }

  int page() {
    return page;
  }

  /** The device answers. */
  void readLongerPages() {
    page = Math.max(page, PAGE);
  }

  boolean hasRoomFor(int more) {
    int room = page < PAGE ? page : most;
    return commands.size() + more <= room && bytes < mostBytes;
  }

  void add(Command command) {
    commands.add(command);
    bytes += command.payload().length;
  }

  Command remove() {
    Command next = commands.remove();
    bytes -= next.payload().length;
    return next;
  }

  /** Puts the one that was removed last back to its place. */
  void putBack(Command command) {
    commands.addFirst(command);
    bytes += command.payload().length;
  }

  /** It has ended, if it is here. */
  void leaveOut(UUID id) {
    for (Command command : commands) {
      if (command.id().equals(id)) {
        commands.remove(command);
        bytes -= command.payload().length;
        return;
      }
    }
  }

  void clear() {
    commands.clear();
    bytes = 0;
  }
}
