package io.mooring.hub.app;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.DatabaseException.Kind;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What is done again and again. */
final class Sweeps implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);

  private final Executor blocking;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sweeper").daemon().factory());

  /**
   * @param blocking runs what may block
   */
  Sweeps(Executor blocking) {
    this.blocking = blocking;
  }

  /** Runs a task on the sweeper's thread again and again; it must not block for long. */
  void every(Duration period, Runnable task) {
    long ms = period.toMillis();
    var _ = sweeper.scheduleWithFixedDelay(guarded(period, task), ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Runs a task that may block now, and then again and again, one run at a time. */
  void everyBlocking(Duration period, Runnable task) {
    Semaphore idle = new Semaphore(1);
    Runnable run =
        () -> {
          try {
            guarded(period, task).run();
          } finally {
            idle.release();
          }
        };
    Runnable started =
        () -> {
          if (idle.tryAcquire()) {
            blocking.execute(run);
          }
        };
    var _ = sweeper.scheduleWithFixedDelay(started, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Runnable guarded(Duration period, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // An executor drops a task that throws. That the database is away is said once, by those
        // who know first.
        boolean away = e instanceof DatabaseException failed && failed.kind() == Kind.UNAVAILABLE;
        LOG.atLevel(away ? Level.DEBUG : Level.WARN)
            .log("A sweep failed and is tried again in {}: {}", period, e.toString());
      }
    };
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
