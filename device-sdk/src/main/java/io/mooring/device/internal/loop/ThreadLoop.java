package io.mooring.device.internal.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real loop: one daemon thread and the clocks of the system. */
public final class ThreadLoop implements EventLoop {
  private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

  private static final Timer NEVER = new Closed();

  private final ScheduledThreadPoolExecutor executor;

  /** The thread starts with the first task. */
  public ThreadLoop(String threadName) {
    executor = new ScheduledThreadPoolExecutor(1, new DaemonThreads(threadName));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(new Logged(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> future =
          executor.schedule(new Logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return new Pending(future);
    } catch (RejectedExecutionException closed) {
      return NEVER;
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long timeMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** A task that fails must not end the loop: the device has no other. */
  private record Logged(Runnable task) implements Runnable {
    @Override
    public void run() {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        log.error("A task of the device loop failed; this is a bug in the SDK", e);
      }
    }
  }

  private record Pending(ScheduledFuture<?> future) implements Timer {
    @Override
    public void cancel() {
      future.cancel(false);
    }
  }

  private static final class Closed implements Timer {
    @Override
    public void cancel() {}
  }
}
