package io.mooring.demo;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.StringTokenizer;

/**
 * Reads the files of Linux's proc(5). A file that is not there gives zeros or nothing. Thread-safe.
 */
final class ProcFiles {
  private final Path proc;

  ProcFiles(Path proc) {
    this.proc = proc;
  }

  /** Ticks of all processors together since the machine was started. */
  record CpuTimes(long total, long idle) {}

  /**
   * Bytes since the machine was started.
   *
   * @param interfaces how many were counted; the loopback is not
   */
  record Traffic(int interfaces, long receivedBytes, long sentBytes) {}

  CpuTimes cpuTimes() {
    for (String line : lines("stat")) {
      StringTokenizer fields = new StringTokenizer(line);
      if (fields.hasMoreTokens() && fields.nextToken().equals("cpu")) {
        long total = 0;
        long idle = 0;
        // user nice system idle iowait irq softirq steal; guest times are within user and nice
        for (int i = 0; i < 8 && fields.hasMoreTokens(); i++) {
          long ticks = number(fields.nextToken());
          total += ticks;
          idle += i == 3 || i == 4 ? ticks : 0;
        }
        return new CpuTimes(total, idle);
      }
    }
    return new CpuTimes(0, 0);
  }

  /**
   * @param name such as MemTotal
   * @return bytes
   */
  OptionalLong memory(String name) {
    for (String line : lines("meminfo")) {
      StringTokenizer fields = new StringTokenizer(line, ": ");
      if (fields.countTokens() >= 2 && fields.nextToken().equals(name)) {
        return OptionalLong.of(number(fields.nextToken()) * 1024);
      }
    }
    return OptionalLong.empty();
  }

  Traffic traffic() {
    int interfaces = 0;
    long received = 0;
    long sent = 0;
    for (String line : lines("net/dev")) {
      int colon = line.indexOf(':');
      if (colon < 0 || line.substring(0, colon).strip().equals("lo")) {
        continue;
      }
      StringTokenizer fields = new StringTokenizer(line.substring(colon + 1));
      if (fields.countTokens() >= 9) {
        interfaces++;
        received += number(fields.nextToken());
        for (int i = 0; i < 7; i++) {
          fields.nextToken(); // packets, errors and other counts of what was received
        }
        sent += number(fields.nextToken());
      }
    }
    return new Traffic(interfaces, received, sent);
  }

  OptionalDouble uptimeSeconds() {
    for (String line : lines("uptime")) {
      try {
        return OptionalDouble.of(Double.parseDouble(new StringTokenizer(line).nextToken()));
      } catch (NumberFormatException e) {
        return OptionalDouble.empty();
      }
    }
    return OptionalDouble.empty();
  }

  /** How many there are; 0 when the system does not say. */
  long processes() {
    long count = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path ignored : entries) {
        count++;
      }
    } catch (IOException | DirectoryIteratorException e) {
      return 0;
    }
    return count;
  }

  /**
   * Resident memory of a process in bytes.
   *
   * @param pid of a process that may have ended
   */
  OptionalLong residentBytes(long pid) {
    for (String line : lines(pid + "/status")) {
      StringTokenizer fields = new StringTokenizer(line, ": \t");
      if (fields.countTokens() >= 2 && fields.nextToken().equals("VmRSS")) {
        return OptionalLong.of(number(fields.nextToken()) * 1024);
      }
    }
    return OptionalLong.empty();
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(proc.resolve(file));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
