package io.mooring.device.internal.loop;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks one after the other in the order given, on threads borrowed from another executor. */
public final class SerialExecutor implements Executor {
  private final Executor workers;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  private final Runnable drain =
      new Runnable() {
        @Override
        public void run() {
          for (Runnable task = next(); task != null; task = next()) {
            task.run();
          }
        }
      };

  public SerialExecutor(Executor workers) {
    this.workers = workers;
  }

  @Override
  public synchronized void execute(Runnable task) {
    waiting.add(task);
    if (!running) {
      running = true;
      workers.execute(drain);
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = waiting.poll();
    running = task != null;
    return task;
  }
}
