package io.mooring.device.internal.loop;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Runs tasks one after the other, on one thread, in the order given. Tasks must not block. May be
 * called from any thread.
 */
public interface EventLoop extends Executor {
  /** Runs {@code task} as soon as those given before are done; silently not at all once closed. */
  @Override
  void execute(Runnable task);

  /** Runs {@code task} after {@code delay}, unless cancelled before. */
  Timer schedule(Duration delay, Runnable task);

  /** A monotonic clock in nanoseconds; only differences mean something. */
  long nanoTime();

  /** The wall clock in microseconds since 1970-01-01T00:00:00Z. */
  long timeMicros();

  /** Runs nothing more: neither what waits nor what is given from now on. */
  void close();

  /** A task that waits for its time. */
  interface Timer {
    /** Forgets the task; without effect when it has already begun. */
    void cancel();
  }
}
