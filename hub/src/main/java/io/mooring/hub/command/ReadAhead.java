package io.mooring.hub.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** Commands read from the table and not sent yet, in order. Guarded by its queue's monitor. */
final class ReadAhead {
  private final int most;
  private final int mostBytes;

  /** Small at first, as most devices have none. */
  private final Deque<Command> commands = new ArrayDeque<>(1);

  private long bytes;

  /**
   * @param mostBytes of payloads, at which no more is read
   */
  ReadAhead(int most, int mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  boolean isEmpty() {
    return commands.isEmpty();
  }

  boolean hasRoomFor(int more) {
    return commands.size() + more <= most && bytes < mostBytes;
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
