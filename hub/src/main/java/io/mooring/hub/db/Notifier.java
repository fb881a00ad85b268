package io.mooring.hub.db;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs callbacks in order, on its own thread unless there is little to do. At most {@value
 * #BATCHES} wait: a writer that outruns its callbacks waits, its queue fills, and the senders feel
 * it. Used by one thread.
 */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final int BATCHES = 64;

  private final BlockingQueue<List<Runnable>> queue = new LinkedBlockingQueue<>(BATCHES);

  /** Posted and not run yet. */
  private final AtomicInteger pending = new AtomicInteger();

  private boolean ended; // touched by the notifier's own thread only
  private final Thread thread = Thread.ofPlatform().name("commit-notifier").unstarted(this::run);

  void start() {
    thread.start();
  }

  void post(List<Runnable> callbacks) {
    pending.incrementAndGet();
    try {
      queue.put(callbacks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs them at once where nothing else is left to run: who waits for one of few writes is told
   * without another thread having to wake up.
   */
  void runOrPost(List<Runnable> callbacks) {
    if (pending.get() == 0) {
      callbacks.forEach(Notifier::call);
    } else {
      post(callbacks);
    }
  }

  /** Runs what waits, then ends. */
  void finish() {
    post(List.of(() -> ended = true));
  }

  void join() throws InterruptedException {
    thread.join();
  }

  private void run() {
    try {
      while (!ended) {
        queue.take().forEach(Notifier::call);
        pending.decrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a callback, whose failure harms nobody else. */
  static void call(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      // A dead notifier would stop the writer, and with it every device.
      LOG.error("A callback after a commit failed", e);
    }
  }
}
