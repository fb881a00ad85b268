package io.mooring.bench.scenario;

import io.mooring.bench.part.Cpu;
import io.mooring.bench.report.Console;
import io.mooring.bench.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * One phase that was watched from its beginning to its end.
 *
 * @param perSecond how fast the count rose
 * @param parts the same for each five seconds, so that a decay shows
 * @param cpu shares in percent
 */
record Watch(double perSecond, List<Double> parts, Map<String, Double> cpu) {
  private static final int PART = 5;

  /**
   * Watches a count for some seconds and shows it.
   *
   * @param unit of the count, for people
   * @param processes whose CPU time is of interest, by name
   * @param check called every second; throws when the load has broken off
   */
  static Watch during(
      int seconds,
      String label,
      String unit,
      LongSupplier count,
      Map<String, Long> processes,
      Console console,
      Runnable check) {
    Cpu cpu = new Cpu(processes);
    long start = System.nanoTime();
    long first = count.getAsLong();
    long last = first;
    long lastAt = start;
    long partFirst = first;
    long partAt = start;
    List<Double> parts = new ArrayList<>();
    for (int second = 1; second <= seconds; second++) {
      sleepUntil(start + second * 1_000_000_000L);
      check.run();
      long now = System.nanoTime();
      long value = count.getAsLong();
      double rate = (value - last) * 1e9 / (now - lastAt);
      console.progress(
          "%s  %d/%d s  %s %s/s".formatted(label, second, seconds, Numbers.of(rate), unit));
      last = value;
      lastAt = now;
      if (second % PART == 0) {
        parts.add((value - partFirst) * 1e9 / (now - partAt));
        partFirst = value;
        partAt = now;
      }
    }
    Watch watch = new Watch((last - first) * 1e9 / (lastAt - start), parts, cpu.shares());
    console.say("%s: %s %s/s".formatted(label, Numbers.of(watch.perSecond()), unit));
    if (parts.size() > 1) {
      console.say(
          "    each 5 s: " + parts.stream().map(Numbers::of).collect(Collectors.joining("  ")));
    }
    console.say("    CPU: " + Cpu.line(watch.cpu()));
    return watch;
  }

  /** CPU time that a process spent for each one counted, in microseconds. */
  double cpuUsOfOne(String process) {
    double cores = Runtime.getRuntime().availableProcessors();
    return Objects.requireNonNull(cpu.get(process)) / 100 * cores * 1e6 / perSecond;
  }

  static void sleepUntil(long nanos) {
    try {
      long left = nanos - System.nanoTime();
      if (left > 0) {
        Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void sleep(int seconds) {
    sleepUntil(System.nanoTime() + seconds * 1_000_000_000L);
  }
}
