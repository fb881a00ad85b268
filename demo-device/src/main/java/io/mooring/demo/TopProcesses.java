package io.mooring.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The processes that have used the most processor time. */
final class TopProcesses {
  private final ProcFiles proc = new ProcFiles(Path.of("/proc"));

  private record Entry(long pid, String command, Duration cpu) {}

  /** Writes the member {@code processes}: an array, the busiest first. */
  void write(int count, JsonGenerator json) {
    List<Entry> top =
        ProcessHandle.allProcesses()
            .map(TopProcesses::entry)
            .sorted(Comparator.comparing(Entry::cpu).reversed())
            .limit(count)
            .toList();
    json.writeName("processes");
    json.writeStartArray();
    for (Entry entry : top) {
      json.writeStartObject();
      json.writeNumberProperty("pid", entry.pid());
      json.writeStringProperty("command", entry.command());
      json.writeNumberProperty("cpuSeconds", entry.cpu().toMillis() / 1_000.0);
      proc.residentBytes(entry.pid())
          .ifPresent(bytes -> json.writeNumberProperty("memoryBytes", bytes));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The program alone: arguments may hold secrets. */
  private static Entry entry(ProcessHandle process) {
    ProcessHandle.Info info = process.info();
    Path program = Path.of(info.command().orElse("?")).getFileName();
    return new Entry(
        process.pid(),
        program == null ? "?" : program.toString(),
        info.totalCpuDuration().orElse(Duration.ZERO));
  }
}
