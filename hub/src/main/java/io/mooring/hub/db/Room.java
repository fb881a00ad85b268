package io.mooring.hub.db;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * How many bytes are taken of those there may be, by how many writes, and who waits for room. Safe
 * for all threads.
 */
final class Room {
  private final long most;
  private final Queue<Runnable> waiters = new ArrayDeque<>(); // guarded by this
  private boolean closed; // guarded by this
  private volatile long taken; // changed by those who hold this
  private long writes; // guarded by this
  private long waits; // guarded by this

  Room(long most) {
    this.most = most;
  }

  synchronized void take(Write write) {
    taken += write.bytes();
    writes++;
  }

  /** Runs those who waited, once there is room, on the calling thread. */
  void giveBack(List<Write> batch) {
    long bytes = 0;
    for (Write write : batch) {
      bytes += write.bytes();
    }
    List<Runnable> roomFor = List.of();
    synchronized (this) {
      taken -= bytes;
      writes -= batch.size();
      if (!isFull() && !waiters.isEmpty()) {
        roomFor = new ArrayList<>(waiters);
        waiters.clear();
      }
    }
    roomFor.forEach(Notifier::call);
  }

  boolean isFull() {
    return taken > most;
  }

  long taken() {
    return taken;
  }

  synchronized Backlog backlog() {
    return new Backlog(writes, waiters.size(), waits);
  }

  /** Runs the task once there is room: at once when there is. */
  void whenRoom(Runnable task) {
    synchronized (this) {
      if (isFull() && !closed) {
        waiters.add(task);
        waits++;
        return;
      }
    }
    task.run();
  }

  /** From now on nobody waits. */
  synchronized void close() {
    closed = true;
  }
}
