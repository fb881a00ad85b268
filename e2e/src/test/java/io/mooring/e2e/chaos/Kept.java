package io.mooring.e2e.chaos;

import io.mooring.e2e.harness.Child;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process that is started again whenever it has ended, as a service manager would. Belongs to the
 * thread that looks after it.
 */
final class Kept {
  /** What a service manager waits before it starts again what ended by itself. */
  private static final Duration RESTART = Duration.ofMillis(200);

  private final String name;
  private final Supplier<Child> start;
  private final BooleanSupplier mayEnd;
  private Child process;
  private boolean down;
  private long startAt;
  private int starts = 1;

  /**
   * @param process already started
   * @param mayEnd whether it may end by itself at this moment
   */
  Kept(String name, Child process, Supplier<Child> start, BooleanSupplier mayEnd) {
    this.name = name;
    this.process = process;
    this.start = start;
    this.mayEnd = mayEnd;
  }

  /** Kills it, to be started again after that time. */
  void kill(Duration downFor) {
    if (!down) {
      process.kill();
      down(downFor);
    }
  }

  private void down(Duration time) {
    down = true;
    startAt = System.nanoTime() + time.toNanos();
  }

  /**
   * Stops it in its tracks.
   *
   * @return lets it go on
   */
  Runnable freeze() {
    Child frozen = process;
    if (frozen.isAlive()) {
      frozen.pause();
    }
    return () -> {
      if (frozen.isAlive()) {
        frozen.resume();
      }
    };
  }

  /**
   * Starts it again where it is time to.
   *
   * @return what is wrong: it has ended by itself, and should not have
   */
  @Nullable Finding look() {
    Finding wrong = null;
    if (!down && !process.isAlive()) {
      if (!mayEnd.getAsBoolean()) {
        wrong = new Finding(Rule.HEALTH, name + " ended by itself, code " + process.exitCode());
      }
      down(RESTART);
    }
    if (down && System.nanoTime() - startAt >= 0) {
      process = start.get();
      down = false;
      starts++;
    }
    return wrong;
  }

  boolean isUp() {
    return !down && process.isAlive();
  }

  int starts() {
    return starts;
  }

  /** Tells a device to stop, and waits for its end. */
  int stop() {
    process.tellToStop();
    return process.exitCode();
  }
}
