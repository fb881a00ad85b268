package io.mooring.demo;

import io.mooring.device.Reading;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sends a reading of the machine at a steady interval, which may change meanwhile. */
final class Reporter {
  private final Machine machine;
  private final Semaphore changed = new Semaphore(0);
  private volatile Duration interval;

  Reporter(Machine machine, Duration interval) {
    this.machine = machine;
    this.interval = interval;
  }

  /** Takes effect at once, from any thread: the next reading comes one new interval from now. */
  void setInterval(Duration interval) {
    this.interval = interval;
    changed.release();
  }

  /** Until interrupted. */
  void run(Consumer<Reading> send) throws InterruptedException {
    long next = System.nanoTime() + interval.toNanos();
    while (true) {
      if (changed.tryAcquire(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        changed.drainPermits();
        next = System.nanoTime() + interval.toNanos();
        continue;
      }
      send.accept(machine.read());
      // After a pause (the machine slept) there is no catching up.
      next = Math.max(next + interval.toNanos(), System.nanoTime());
    }
  }
}
