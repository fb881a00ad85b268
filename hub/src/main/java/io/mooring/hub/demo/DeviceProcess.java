package io.mooring.hub.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A child process that is started again whenever it ends, after a pause that doubles up to half a
 * minute. Its standard input stays open: the child ends with it, even when this process is killed.
 * Start and close belong to one thread; a thread of its own watches.
 */
final class DeviceProcess implements AutoCloseable {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** A child that ran this long was healthy: the next pause is short again. */
  private static final Duration HEALTHY = Duration.ofMinutes(1);

  /** A log that has grown beyond 1 MiB is set aside at the next start; one of those is kept. */
  private static final long LARGEST_LOG = 1024 * 1024;

  private static final Duration STOP = Duration.ofSeconds(5);

  private final List<String> command;
  private final Path log;
  private final Duration firstPause;
  private final Consumer<String> say;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread watcher;
  private volatile Process process;

  /**
   * Starts the process.
   *
   * @param log its output is added here
   * @param firstPause before it is started again for the first time
   * @param say receives a line when it has ended by itself
   */
  DeviceProcess(List<String> command, Path log, Duration firstPause, Consumer<String> say)
      throws IOException {
    this.command = List.copyOf(command);
    this.log = log;
    this.firstPause = firstPause;
    this.say = say;
    this.process = launch();
    this.watcher = Thread.ofVirtual().name("device-watcher").start(this::watch);
  }

  private Process launch() throws IOException {
    if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
      Path older = log.resolveSibling(log.getFileName() + ".1");
      Files.move(log, older, StandardCopyOption.REPLACE_EXISTING);
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  long pid() {
    return process.pid();
  }

  private void watch() {
    Duration pause = firstPause;
    try {
      while (true) {
        long started = System.nanoTime();
        int code = process.waitFor();
        if (closing.getCount() == 0) {
          return;
        }
        if (System.nanoTime() - started > HEALTHY.toNanos()) {
          pause = firstPause;
        }
        say.accept(
            "The device process ended with code %d; starting it again in %.1f s. Its output: %s"
                .formatted(code, pause.toMillis() / 1000.0, log));
        pause = relaunch(pause);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the next pause. */
  private Duration relaunch(Duration pause) throws InterruptedException {
    Duration wait = pause;
    while (!closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
      Duration twice = wait.multipliedBy(2);
      wait = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
      try {
        process = launch();
        return wait;
      } catch (IOException e) {
        say.accept("The device process cannot be started: " + e.getMessage());
      }
    }
    throw new InterruptedException("closed");
  }

  /** Ends the child, by force when it takes longer than five seconds. */
  @Override
  public void close() {
    closing.countDown();
    process.destroy();
    try {
      watcher.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly(); // one that did not end, or was launched just now
  }
}
