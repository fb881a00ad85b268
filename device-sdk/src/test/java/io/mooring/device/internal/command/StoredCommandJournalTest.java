package io.mooring.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredCommandJournalTest {
  private static final int MAX_BYTES = 64 * 1024;

  @TempDir Path parent;
  private long nowUs = 1_700_000_000_000_000L;
  private Disk disk = Disk.REAL;
  @Nullable StoreFolder folder;
  private StoredCommandJournal journal;
  private int filled;

  @BeforeEach
  void open() throws IOException {
    folder = StoreFolder.open(parent.resolve("store"), disk, 5);
    journal =
        new StoredCommandJournal(
            folder,
            new StoredCommandJournal.Settings(MAX_BYTES, Duration.ofDays(7), true),
            Set.of("read", "read-meter"),
            () -> nowUs);
  }

  @AfterEach
  void close() throws IOException {
    if (folder != null) {
      folder.close();
    }
  }

  private void restart() throws IOException {
    close();
    open();
  }

  @Test
  void aResultIsKnownAfterARestartAndSentUntilAcknowledged() throws IOException {
    carryOut(1);
    restart();
    assertThat(journal.knows(id(1))).isTrue();
    assertThat(journal.result(id(1))).isEqualTo(result(1, 10));
    assertThat(journal.unacknowledged()).containsExactly(result(1, 10));
    journal.acknowledged(id(1));
    restart();
    assertThat(journal.unacknowledged()).isEmpty();
    assertThat(journal.result(id(1))).isEqualTo(result(1, 10));
  }

  @Test
  void aCommandThatWasRunningIsAnsweredAsInterrupted() throws IOException {
    journal.take(id(1));
    journal.take(id(2));
    journal.begin(command(1, "open-valve"));
    restart();
    assertThat(journal.knows(id(2))).as("not begun: the hub sends it again").isFalse();
    CommandResult interrupted = journal.unacknowledged().get(0);
    assertThat(interrupted.getId()).isEqualTo(id(1));
    assertThat(interrupted.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_FAILED);
    assertThat(interrupted.getPayload().toStringUtf8()).isEqualTo("{\"cause\":\"interrupted\"}");
    assertThat(interrupted.getMessage()).startsWith("interrupted: ").contains("open-valve");
    restart();
    assertThat(journal.unacknowledged()).as("once").containsExactly(interrupted);
  }

  @Test
  void aCommandThatMayBeRepeatedIsBegunAgain() throws IOException {
    journal.begin(command(1, "read-meter"));
    restart();
    assertThat(journal.knows(id(1))).isFalse();
    assertThat(journal.unacknowledged()).isEmpty();
    carryOut(1);
    restart();
    assertThat(journal.result(id(1))).isEqualTo(result(1, 10));
  }

  @Test
  void staysWithinItsBoundsAndForgetsNothingTheHubDoesNotHave() throws IOException {
    carryOut(1);
    for (int i = 2; i < 1_000; i++) {
      carryOut(i);
      journal.acknowledged(id(i));
      assertThat(bytesOnDisk()).isLessThan(4 * MAX_BYTES);
    }
    assertThat(journal.knows(id(2))).isFalse();
    assertThat(journal.knows(id(999))).isTrue();
    restart();
    assertThat(journal.unacknowledged()).containsExactly(result(1, 10));
    assertThat(journal.knows(id(999))).isTrue();
    assertThat(journal.hasRoom()).isTrue();
    nowUs += Duration.ofDays(8).toNanos() / 1_000;
    carryOut(1_001);
    assertThat(journal.knows(id(999))).as("too old").isFalse();
    restart();
    assertThat(journal.knows(id(999))).isFalse();
    assertThat(journal.unacknowledged()).containsExactly(result(1, 10), result(1_001, 10));
  }

  @Test
  void manySmallResultsTakeNoMoreMemoryThanFewLargeOnes() throws IOException {
    for (int i = 1; i <= 2_000; i++) {
      journal.finish(CommandResult.newBuilder().setId(id(i)).build());
      journal.acknowledged(id(i));
    }
    int kept = (int) IntStream.rangeClosed(1, 2_000).filter(i -> journal.knows(id(i))).count();
    assertThat(kept).isBetween(MAX_BYTES / 500, MAX_BYTES / 250);
  }

  @Test
  void forcesEachStepButNotThatTheHubHasTheResult() throws IOException {
    int[] forced = new int[1];
    disk = file -> forced[0]++;
    restart();
    forced[0] = 0;
    carryOut(1);
    assertThat(forced[0]).as("begun, ended").isEqualTo(2);
    journal.acknowledged(id(1));
    assertThat(forced[0]).isEqualTo(2);
  }

  @Test
  void isWrittenAnewAtOnceAndDoesNotGrowWhileThatFails() throws IOException {
    int[] forced = new int[1];
    boolean[] broken = {false};
    disk =
        file -> {
          forced[0]++;
          if (broken[0] && forced[0] % 2 == 0) { // the new segment can be begun, and not finished
            throw new IOException("input/output error");
          }
        };
    restart();
    fill(MAX_BYTES);
    forced[0] = 0;
    broken[0] = true;
    for (int i = 0; i < 4_000; i++) {
      journal.acknowledged(id(filled)); // goes without forcing, so it can be written
    }
    assertThat(bytesOnDisk()).isLessThan(6 * MAX_BYTES);
    broken[0] = false;
    int before = forced[0];
    fill(16 * MAX_BYTES);
    assertThat(bytesOnDisk()).isLessThan(6 * MAX_BYTES);
    assertThat(forced[0] - before).as("one for each result, few for writing anew").isLessThan(900);
    restart();
    assertThat(journal.unacknowledged()).isEmpty();
  }

  /** So many bytes of results that the hub has. */
  private void fill(int bytes) {
    for (int written = 0; written < bytes; written += 2_000) {
      CommandResult result = result(++filled, 2_000);
      journal.finish(result);
      journal.acknowledged(result.getId());
    }
  }

  @Test
  void nothingIsBegunWhenItCannotBeWritten() throws IOException {
    boolean[] broken = {false};
    disk =
        file -> {
          if (broken[0]) {
            throw new IOException("no space left on device");
          }
        };
    restart();
    broken[0] = true;
    assertThat(journal.begin(command(1, "open-valve"))).isFalse();
    broken[0] = false;
    assertThat(journal.begin(command(2, "open-valve"))).isTrue();
  }

  private void carryOut(int n) {
    journal.take(id(n));
    assertThat(journal.begin(command(n, "read"))).isTrue();
    journal.finish(result(n, n % 2 == 0 ? 1_000 : 10));
  }

  private long bytesOnDisk() throws IOException {
    long bytes = 0;
    try (var files = Files.list(parent.resolve("store"))) {
      for (Path file : files.filter(f -> f.toString().contains("commands")).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static Command command(int n, String name) {
    return Command.newBuilder().setId(id(n)).setName(name).build();
  }

  private static ByteString id(int n) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putInt(12, n));
  }

  private static CommandResult result(int n, int payload) {
    return CommandResult.newBuilder()
        .setId(id(n))
        .setPayload(ByteString.copyFrom(new byte[payload]))
        .build();
  }
}
