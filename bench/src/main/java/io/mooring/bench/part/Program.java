package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs until it is ended, with what it prints in one file. */
final class Program implements AutoCloseable {
  private static final int TAIL = 20;

  private final String name;
  private final Process process;
  private final Path log;
  private final long startedAt;

  private Program(String name, Process process, Path log, long startedAt) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.startedAt = startedAt;
  }

  static Program start(Workplace place, String name, ProcessBuilder builder) {
    Path log = place.folder().resolve(name + ".log");
    try {
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      long startedAt = System.nanoTime();
      return place.keep(new Program(name, builder.start(), log, startedAt));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Just before it was started, by {@link System#nanoTime}. */
  long startedAt() {
    return startedAt;
  }

  /** Fails with the end of what it printed when it has ended by itself. */
  void check() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "%s ended with code %d:%n%s".formatted(name, process.exitValue(), tail()));
    }
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it at once (SIGKILL). */
  void kill() {
    process.destroyForcibly();
    awaitEnd(30);
  }

  /** Asks it to end (SIGTERM) and waits; kills it when it does not. */
  @Override
  public void close() {
    process.destroy();
    if (!awaitEnd(30)) {
      kill();
    }
  }

  private boolean awaitEnd(int seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
