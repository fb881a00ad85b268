package io.mooring.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process of a scenario, with everything it prints in one file. */
public final class Child implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts it; what it prints is added to the log. */
  static Child start(String name, ProcessBuilder builder, Path log) {
    try {
      Process process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new Child(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Children of its own, and theirs, at this moment. */
  public List<ProcessHandle> descendants() {
    try (Stream<ProcessHandle> all = process.descendants()) {
      return all.toList();
    }
  }

  /** What it has printed so far, in whole lines. */
  public List<String> lines() {
    try {
      // Latin-1: a line under way may end within a character.
      return Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many lines match as a whole. */
  public long count(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return lines().stream().filter(line -> pattern.matcher(line).matches()).count();
  }

  /** Waits until at least so many lines match as a whole. */
  public void await(String regex, long times) {
    Awaitility.await("\"" + regex + "\" of " + name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              boolean found = count(regex) >= times;
              if (!found && !process.isAlive()) {
                throw new AssertionError(name + " ended with code " + process.exitValue());
              }
              return found;
            });
  }

  /** Tells a device to stop: the end of its standard input. */
  public void tellToStop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end and returns the exit code. */
  public int exitCode() {
    try {
      assertThat(process.waitFor(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("%s has ended", name)
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks it to end, as Ctrl-C and service managers do (SIGTERM). */
  public void terminate() {
    process.destroy();
  }

  /** Ends it at once, with no chance to do anything (SIGKILL); returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** Stops its clock, so to say (SIGSTOP). */
  public void pause() {
    Signals.send("STOP", List.of(process.toHandle()));
  }

  /** Lets it go on (SIGCONT). */
  public void resume() {
    Signals.send("CONT", List.of(process.toHandle()));
  }

  /** Has a daemon read its configuration anew (SIGHUP). */
  void reload() {
    Signals.send("HUP", List.of(process.toHandle()));
  }

  /** Kills it and all its descendants. */
  @Override
  public void close() {
    descendants().forEach(ProcessHandle::destroyForcibly);
    kill();
  }
}
