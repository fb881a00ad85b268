package io.mooring.device.internal.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.device.internal.telemetry.StoredOutbox;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.Telemetry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes with 16 MiB of heap, killed at any moment. */
@Timeout(300)
class KillTest {
  private static final int KILLS = 20;

  @TempDir Path parent;
  private final Random random = new Random(11);
  private long newestReading = -1;
  private long lastTried;
  private long lastBegun;
  private final List<Long> ended = new ArrayList<>();

  @Test
  void nothingOnTheDiskIsLostOrDoubled() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      long first = newestReading + 1;
      runAndKill(first, 1 + random.nextInt(400));
      assertThat(newestReading).isGreaterThanOrEqualTo(first);
      checkAll();
    }
  }

  @Test
  void aFolderStaysInUseAfterItWasRefusedToAnotherDeviceOfTheProcess() throws Exception {
    Path path = parent.resolve("store");
    try (StoreFolder folder = StoreFolder.open(path, Disk.REAL, 1)) {
      assertThatThrownBy(() -> StoreFolder.open(path, Disk.REAL, 1))
          .hasMessageContaining("in use by another device of this program");
      Process other = appender(0).redirectErrorStream(true).start();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("in use by process " + ProcessHandle.current().pid());
      assertThat(folder.path()).isEqualTo(path);
    }
  }

  private ProcessBuilder appender(long first) {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx16m",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Appender.class.getName(),
        parent.resolve("store").toString(),
        Long.toString(first));
  }

  private void runAndKill(long first, int lines) throws IOException, InterruptedException {
    Process process = appender(first).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      for (int i = 0; line != null; i++) {
        if (i == lines) {
          process.toHandle().destroyForcibly(); // Process would close the pipe
        }
        heard(line);
        line = out.readLine();
      }
    }
    process.waitFor();
  }

  private void heard(String line) {
    int space = line.indexOf(' ');
    if (space < 0 || !line.substring(space + 1).matches("[0-9]+")) {
      return; // cut off by the end of the process
    }
    long number = Long.parseLong(line.substring(space + 1));
    switch (line.substring(0, space)) {
      case "reading" -> newestReading = Math.max(newestReading, number);
      case "tries" -> lastTried = number;
      case "begun" -> lastBegun = number;
      case "ended" -> ended.add(number);
      default -> throw new AssertionError(line);
    }
  }

  private void checkAll() throws IOException {
    try (StoreFolder folder = StoreFolder.open(parent.resolve("store"), Disk.REAL, 1)) {
      StoredOutbox outbox =
          new StoredOutbox(folder, new StoredOutbox.Settings(Appender.BYTES, true, false), () -> 1);
      outbox.beginSession();
      List<Long> readings = new ArrayList<>();
      List<Long> seqs = new ArrayList<>();
      for (Outgoing next = outbox.peek(); next != null; next = outbox.peek()) {
        outbox.markSent(next);
        seqs.add(next.seq());
        readings.addAll(Telemetry.parseFrom(next.batch().body()).getIntegersList());
      }
      assertThat(readings).hasSizeGreaterThanOrEqualTo((int) newestReading + 1);
      newestReading = readings.size() - 1L; // what it had no time to say is there too
      assertThat(readings)
          .containsExactlyElementsOf(LongStream.rangeClosed(0, newestReading).boxed().toList());
      assertThat(seqs).isSorted().doesNotHaveDuplicates();
      assertThat(outbox.droppedReadings()).isZero();
      checkCommands(folder);
    }
  }

  private void checkCommands(StoreFolder folder) throws IOException {
    StoredCommandJournal journal =
        new StoredCommandJournal(
            folder,
            new StoredCommandJournal.Settings(64 * 1024, Duration.ofDays(1), true),
            Set.of(),
            () -> 1);
    for (long number : ended) {
      CommandResult result = Objects.requireNonNull(journal.result(Appender.id(number)));
      assertThat(result.getMessage()).isEqualTo("done");
    }
    ended.clear();
    if (lastBegun > 0) {
      assertThat(journal.knows(Appender.id(lastBegun))).isTrue();
    }
    for (CommandResult result : List.copyOf(journal.unacknowledged())) {
      if (!result.getMessage().equals("done")) {
        assertThat(result.getMessage()).startsWith("interrupted: ");
        assertThat(result.getId()).isEqualTo(Appender.id(lastTried));
      }
      journal.acknowledged(result.getId());
    }
  }
}
