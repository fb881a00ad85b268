package io.mooring.hub.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an ordered end: the signal counts {@link #asked} down, the main
 * thread closes what it opened and calls {@link #close}, and only then the process ends, with 130
 * or 143 as shells expect of a signal.
 */
final class Shutdown implements AutoCloseable {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  Shutdown(Duration atMost) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(atMost), "shutdown"));
  }

  private void end(Duration atMost) {
    asked.countDown();
    try {
      if (!done.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("Not everything ended within " + atMost.toSeconds() + " s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  CountDownLatch asked() {
    return asked;
  }

  @Override
  public void close() {
    done.countDown();
  }
}
