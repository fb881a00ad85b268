package io.mooring.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryCommandJournalTest {
  private long nowUs = 1_700_000_000_000_000L;

  @Test
  void remembersWhatRunsAndWhatHasEnded() {
    MemoryCommandJournal journal = journal(10, 10_000);
    assertThat(journal.knows(id(1))).isFalse();
    journal.take(id(1));
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
  void forgetsTheOldestTheHubHas() {
    MemoryCommandJournal journal = journal(3, 1_000_000);
    for (int i = 1; i <= 3; i++) {
      journal.finish(result(i, 0));
    }
    journal.acknowledged(id(2));
    journal.acknowledged(id(1));
    journal.finish(result(4, 0));
    assertThat(journal.knows(id(2))).isFalse();
    assertThat(journal.knows(id(1))).isTrue();
    journal.finish(result(5, 0));
    assertThat(journal.unacknowledged()).containsExactly(result(3, 0), result(4, 0), result(5, 0));
  }

  @Test
  void neverForgetsWhatTheHubDoesNotHave() {
    MemoryCommandJournal few = journal(2, 1_000_000);
    assertThat(few.hasRoom()).isTrue();
    for (int i = 1; i <= 3; i++) {
      few.finish(result(i, 0));
    }
    assertThat(few.unacknowledged()).containsExactly(result(1, 0), result(2, 0), result(3, 0));
    assertThat(few.hasRoom()).isFalse();

    MemoryCommandJournal small = journal(1_000, 1_000);
    small.finish(result(1, 30_000));
    small.finish(result(2, 400));
    assertThat(small.unacknowledged()).containsExactly(result(1, 30_000), result(2, 400));
    assertThat(small.hasRoom()).isFalse();
    small.acknowledged(id(1));
    assertThat(small.hasRoom()).isTrue();
    assertThat(small.knows(id(1))).as("too large to be kept longer").isFalse();
    small.acknowledged(id(2));
    assertThat(small.knows(id(2))).isTrue();
  }

  @Test
  void forgetsWhatTheHubHasHadForLong() {
    MemoryCommandJournal journal = journal(10, 10_000);
    journal.finish(result(1, 0));
    journal.finish(result(2, 0));
    journal.acknowledged(id(1));
    nowUs += Duration.ofDays(7).toNanos() / 1_000 + 1;
    journal.finish(result(3, 0));
    assertThat(journal.knows(id(1))).isFalse();
    assertThat(journal.unacknowledged()).containsExactly(result(2, 0), result(3, 0));
  }

  private MemoryCommandJournal journal(int results, int bytes) {
    return new MemoryCommandJournal(results, bytes, Duration.ofDays(7), () -> nowUs);
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
