package io.mooring.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandResult;
import org.junit.jupiter.api.Test;

class MemoryCommandJournalTest {
  @Test
  void remembersWhatRunsAndWhatHasEnded() {
    MemoryCommandJournal journal = new MemoryCommandJournal(10, 10_000);
    assertThat(journal.knows(id(1))).isFalse();
    journal.begin(id(1));
    assertThat(journal.knows(id(1))).isTrue();
    assertThat(journal.result(id(1))).isNull();
    journal.finish(result(1, 0));
    assertThat(journal.result(id(1))).isEqualTo(result(1, 0));
    assertThat(journal.unacknowledged()).containsExactly(result(1, 0));
    journal.acknowledged(id(1));
    assertThat(journal.unacknowledged()).isEmpty();
    assertThat(journal.result(id(1))).isEqualTo(result(1, 0));
  }

  @Test
  void forgetsTheOldestTheHubHasFirst() {
    MemoryCommandJournal journal = new MemoryCommandJournal(3, 1_000_000);
    for (int i = 1; i <= 3; i++) {
      journal.finish(result(i, 0));
    }
    journal.acknowledged(id(2));
    journal.finish(result(4, 0));
    assertThat(journal.knows(id(2))).isFalse();
    journal.finish(result(5, 0));
    assertThat(journal.unacknowledged()).containsExactly(result(3, 0), result(4, 0), result(5, 0));
  }

  @Test
  void isBoundedInBytesButKeepsTheNewest() {
    MemoryCommandJournal journal = new MemoryCommandJournal(1_000, 1_000);
    journal.finish(result(1, 400));
    journal.finish(result(2, 400));
    journal.finish(result(3, 400));
    assertThat(journal.unacknowledged()).containsExactly(result(2, 400), result(3, 400));
    journal.finish(result(4, 30_000));
    assertThat(journal.unacknowledged()).containsExactly(result(4, 30_000));
  }

  private static ByteString id(int n) {
    return ByteString.copyFrom(new byte[] {(byte) n});
  }

  private static CommandResult result(int n, int payload) {
    return CommandResult.newBuilder()
        .setId(id(n))
        .setPayload(ByteString.copyFrom(new byte[payload]))
        .build();
  }
}
