package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/** A folder for one run, and all that was started in it; both go away together, also by Ctrl-C. */
public final class Workplace implements AutoCloseable {
  private static volatile boolean cleared;

  private final Path folder;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Thread hook =
      new Thread(
          () -> {
            cleared = true;
            clear();
          },
          "clear-up");

  public Workplace() {
    try {
      folder = Files.createTempDirectory("mooring-bench-");
      // PostgreSQL does not run as root but as nobody, who must be able to enter.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is on its way down, so that what fails now does so for that reason. */
  public static boolean isCleared() {
    return cleared;
  }

  public Path folder() {
    return folder;
  }

  /** Closes it at the end, if it has not been closed before; closing twice must do no harm. */
  <T extends AutoCloseable> T keep(T part) {
    synchronized (parts) {
      parts.push(part);
    }
    return part;
  }

  @Override
  public void close() {
    clear();
    if (!cleared) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private void clear() {
    synchronized (parts) {
      while (!parts.isEmpty()) {
        try {
          parts.pop().close();
        } catch (Exception e) {
          System.err.println("Clearing up: " + e);
        }
      }
    }
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("Could not remove " + folder + ": " + e);
    }
  }
}
