package io.mooring.device.internal.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;

/** A loop driven by the test, with a clock that moves only when told. */
public final class ManualLoop implements EventLoop {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<Waiting> timers = new ArrayList<>();
  private long nanos = 5_000_000_000L;
  private long scheduled;
  private boolean closed;

  private record Waiting(long number, long due, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    if (!closed) {
      tasks.add(task);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Waiting waiting = new Waiting(++scheduled, nanos + delay.toNanos(), task);
    timers.add(waiting);
    return () -> timers.removeIf(w -> w.number == waiting.number);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long timeMicros() {
    return 1_700_000_000_000_000L + nanos / 1_000;
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
    timers.clear();
  }

  /** Runs what waits for its turn, not what waits for its time. */
  public void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass, running each timer at its time. */
  public void advance(Duration by) {
    long end = nanos + by.toNanos();
    run();
    while (true) {
      Waiting next =
          timers.stream()
              .filter(w -> w.due <= end)
              .min(Comparator.comparingLong(Waiting::due))
              .orElse(null);
      if (next == null) {
        nanos = end;
        return;
      }
      timers.remove(next);
      nanos = Math.max(nanos, next.due);
      next.task.run();
      run();
    }
  }
}
