package io.mooring.hub.db;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs callbacks in order on its own thread. At most {@value #BATCHES} wait: a writer that outruns
 * its callbacks waits, its queue fills, and the senders feel it.
 */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final int BATCHES = 64;

  private final BlockingQueue<List<Runnable>> queue = new LinkedBlockingQueue<>(BATCHES);
  private boolean ended; // touched by the notifier's own thread only
  private final Thread thread = Thread.ofPlatform().name("commit-notifier").unstarted(this::run);

  void start() {
    thread.start();
  }

  void post(List<Runnable> callbacks) {
    try {
      queue.put(callbacks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
