package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux tells of processes, under {@code /proc}. */
public final class Proc {
  private static final int UTIME = 13;
  private static final int CHILDREN_STIME = 16;

  private Proc() {}

  /** Resident memory of a process in bytes. */
  public static long residentBytes(long pid) {
    return field(Path.of("/proc/" + pid + "/status"), "VmRSS:") * 1024;
  }

  /** Memory of this machine in bytes. */
  public static long memoryBytes() {
    return field(Path.of("/proc/meminfo"), "MemTotal:") * 1024;
  }

  private static long field(Path file, String name) {
    for (String line : lines(file)) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).strip().split(" ", -1)[0]);
      }
    }
    throw new IllegalStateException(file + " has no " + name);
  }

  /** CPU time of a process so far, in ticks of 10 ms; of its ended children too. */
  static long ticks(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      // The name may hold blanks and brackets; the fields that follow do not. It is field 2 of 1.
      String[] fields = ("0 0 " + stat.substring(stat.lastIndexOf(')') + 2)).split(" ", -1);
      long sum = 0;
      for (int i = UTIME; i <= CHILDREN_STIME; i++) {
        sum += Long.parseLong(fields[i]);
      }
      return sum;
    } catch (IOException ended) {
      return 0;
    }
  }

  /** The same of a process and all that live below it. */
  static long ticksOfTree(long pid) {
    return ticks(pid)
        + ProcessHandle.of(pid).stream()
            .flatMap(ProcessHandle::descendants)
            .mapToLong(child -> ticks(child.pid()))
            .sum();
  }

  /**
   * CPU time of the whole machine so far: user, nice, system, idle, iowait, irq, softirq, steal.
   */
  static long[] machineTicks() {
    String[] fields = lines(Path.of("/proc/stat")).getFirst().split(" +", -1);
    long[] ticks = new long[8];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = Long.parseLong(fields[i + 1]);
    }
    return ticks;
  }

  /** Average number of processes that wanted a CPU in the last minute. */
  public static String load() {
    return lines(Path.of("/proc/loadavg")).getFirst().split(" ", -1)[0];
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException("The benchmarks read /proc, so they need Linux", e);
    }
  }
}
