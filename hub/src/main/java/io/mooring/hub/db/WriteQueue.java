package io.mooring.hub.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the {@link BatchWriter}. Safe for all threads; one of them takes.
 *
 * <p>Writes that may wait (see {@link Write#mayWait}) are taken with the first one that may not, or
 * after {@link #LINGER}.
 */
final class WriteQueue {
  /**
   * Longer than a device on a good line takes to answer a command, shorter than anybody notices.
   */
  static final Duration LINGER = Duration.ofMillis(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Write> queue = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> flushes = new ArrayList<>();

  /** How many of the queue may not wait. */
  private int urgent;

  private boolean closing;

  /** False: closed. */
  boolean add(Write write) {
    lock.lock();
    try {
      if (closing) {
        return false;
      }
      queue.add(write);
      boolean first = queue.size() == 1;
      if (!write.mayWait()) {
        first |= ++urgent == 1;
      }
      if (first) {
        changed.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Completed by {@link #take}'s caller once all that was added before is dealt with. */
  CompletableFuture<Void> flushed() {
    CompletableFuture<Void> flush = new CompletableFuture<>();
    lock.lock();
    try {
      if (!closing) {
        flushes.add(flush);
        changed.signal();
        return flush;
      }
    } finally {
      lock.unlock();
    }
    flush.complete(null);
    return flush;
  }

  /**
   * Waits for work and takes what waits; false when closed and empty.
   *
   * @param batch gets so many writes at the most
   * @param emptied gets what is to run after this batch, when it leaves the queue empty
   */
  boolean take(int most, List<Write> batch, List<Runnable> emptied) {
    lock.lock();
    try {
      while (!hasWork() && queue.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      linger();
      if (closing && queue.isEmpty() && flushes.isEmpty()) {
        return false;
      }
      while (batch.size() < most && !queue.isEmpty()) {
        Write write = queue.remove();
        if (!write.mayWait()) {
          urgent--;
        }
        batch.add(write);
      }
      if (queue.isEmpty()) {
        flushes.forEach(flush -> emptied.add(() -> flush.complete(null)));
        flushes.clear();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing waits at this moment. */
  boolean isEmpty() {
    lock.lock();
    try {
      return queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether something does not wait. */
  private boolean hasWork() {
    return urgent > 0 || !flushes.isEmpty() || closing;
  }

  private void linger() {
    long left = LINGER.toNanos();
    try {
      while (!hasWork() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits; false: the queue is closing, and nobody waits any longer for a database that is away.
   */
  boolean pause(Duration pause) {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
