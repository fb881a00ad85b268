package io.mooring.demo;

import io.mooring.device.Reading;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Measures the machine. What a system does not tell is left out: on Linux nearly everything is
 * there, elsewhere what the JVM knows. Not thread-safe, save for the methods that say so.
 */
final class Machine {
  private final Path root;
  private final LongSupplier nanoTime;
  private final ProcFiles proc;
  private final Thermometer thermometer;
  private ProcFiles.CpuTimes cpuBefore;
  private ProcFiles.Traffic trafficBefore;
  private long trafficBeforeNanos;

  /**
   * @param root where {@code proc} and {@code sys} are; also the disk that is measured
   */
  Machine(Path root, LongSupplier nanoTime) {
    this.root = root;
    this.nanoTime = nanoTime;
    this.proc = new ProcFiles(root.resolve("proc"));
    this.thermometer = new Thermometer(root.resolve("sys/class"));
    // The first reading has rates too.
    cpuBefore = proc.cpuTimes();
    trafficBefore = proc.traffic();
    trafficBeforeNanos = nanoTime.getAsLong();
  }

  /** Everything there is to know now. */
  Reading read() {
    Reading reading = Reading.now();
    cpuPercent().ifPresent(percent -> reading.number("cpu.percent", percent));
    load().ifPresent(load -> reading.number("load.1m", load));
    addMemory(reading);
    addDisk(reading);
    addTraffic(reading);
    thermometer.celsius().ifPresent(celsius -> reading.number("temperature.celsius", celsius));
    reading.number("uptime.seconds", uptimeSeconds());
    reading.integer("processes", processes());
    return reading;
  }

  private OptionalDouble cpuPercent() {
    ProcFiles.CpuTimes now = proc.cpuTimes();
    long total = now.total() - cpuBefore.total();
    long busy = total - (now.idle() - cpuBefore.idle());
    cpuBefore = now;
    if (total > 0) {
      return OptionalDouble.of(Math.min(100, Math.max(0, 100.0 * busy / total)));
    }
    double load = now.total() > 0 ? -1 : system().getCpuLoad();
    return load >= 0 ? OptionalDouble.of(100 * load) : OptionalDouble.empty();
  }

  /** Thread-safe. */
  OptionalDouble load() {
    double load = system().getSystemLoadAverage();
    return load >= 0 ? OptionalDouble.of(load) : OptionalDouble.empty();
  }

  private void addMemory(Reading reading) {
    long total = memoryBytes();
    OptionalLong available = proc.memory("MemAvailable");
    reading.integer("memory.used.bytes", total - available.orElse(system().getFreeMemorySize()));
    reading.integer("memory.total.bytes", total);
  }

  /** Thread-safe. */
  long memoryBytes() {
    return proc.memory("MemTotal").orElse(system().getTotalMemorySize());
  }

  private void addDisk(Reading reading) {
    try {
      FileStore disk = Files.getFileStore(root);
      reading.integer("disk.used.bytes", disk.getTotalSpace() - disk.getUnallocatedSpace());
      reading.integer("disk.free.bytes", disk.getUsableSpace());
    } catch (IOException e) {
      // Left out: there is no such disk any more.
    }
  }

  private void addTraffic(Reading reading) {
    ProcFiles.Traffic now = proc.traffic();
    long nanos = nanoTime.getAsLong();
    double seconds = (nanos - trafficBeforeNanos) / 1e9;
    if (now.interfaces() > 0 && seconds > 0) {
      // A counter may fall when an interface goes away: then nothing was counted.
      double received = Math.max(0, now.receivedBytes() - trafficBefore.receivedBytes());
      double sent = Math.max(0, now.sentBytes() - trafficBefore.sentBytes());
      reading.number("network.received.bytes-per-second", received / seconds);
      reading.number("network.sent.bytes-per-second", sent / seconds);
    }
    trafficBefore = now;
    trafficBeforeNanos = nanos;
  }

  /** Of the machine where it says so, else of this process. Thread-safe. */
  double uptimeSeconds() {
    return proc.uptimeSeconds().orElse(ManagementFactory.getRuntimeMXBean().getUptime() / 1_000.0);
  }

  private long processes() {
    long listed = proc.processes();
    return listed > 0 ? listed : ProcessHandle.allProcesses().count();
  }

  private static com.sun.management.OperatingSystemMXBean system() {
    return (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
