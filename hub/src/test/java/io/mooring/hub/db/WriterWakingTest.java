package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the writer begins a transaction, and on which thread it tells of it. */
class WriterWakingTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final NumberWrites writes = new NumberWrites();
  private final List<String> log = writes.log;
  private final AtomicInteger commits = new AtomicInteger();
  private final BatchWriter writer =
      new BatchWriter(
          DATABASE.database()::openOwn,
          List.of(writes.firstKind(), writes.secondKind()),
          1_000,
          100_000,
          new WriterObserver() {
            @Override
            public void committed(int writes, long nanos) {
              commits.incrementAndGet();
            }

            @Override
            public void retried(DatabaseException why) {}
          });

  @BeforeEach
  void table() {
    DATABASE.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (kind text, n int, UNIQUE (n))");
    writer.start();
  }

  @AfterEach
  void stop() {
    writes.openGate();
    writer.close();
  }

  /** Else its callback would wait for a thread to wake up, which takes longer than itself. */
  @Test
  void aWriteWithNoneBehindItIsToldOfOnTheThreadThatWroteIt() {
    writer.submit(writes.first(1));
    await().until(() -> log.contains("committed 1"));
    assertThat(writes.toldOn).containsExactly("batch-writer");
  }

  @Test
  void theNextTransactionDoesNotWaitForCallbacks() {
    holdAtGate();
    writer.submit(writes.first(1));
    writes.openGate();
    await().until(() -> log.contains("committed 1"));
    assertThat(writes.toldOn).startsWith("commit-notifier");
    assertThat(log).containsExactly("committed 0", "committed 1");
  }

  /** Nobody waits for it, so it shares the commit of one that somebody waits for. */
  @Test
  void whatMayWaitIsWrittenWithTheNext() {
    holdAtGate();
    writer.submit(writes.patient(1));
    writer.submit(writes.first(2));
    writes.openGate();
    await().until(() -> log.contains("committed 2"));
    assertThat(log).containsExactly("committed 0", "committed 1", "committed 2");
    assertThat(commits).hasValue(2);
  }

  @Test
  void whatMayWaitIsWrittenWithoutTheNextAfterAMoment() {
    writer.submit(writes.patient(1));
    await().until(() -> log.contains("committed 1"));
  }

  @Test
  void whatMayWaitIsWrittenByAFlush() {
    writer.submit(writes.patient(1));
    writer.flushed().join();
    assertThat(log).containsExactly("committed 1");
  }

  /** The writer is held in mid-transaction, with write 0. */
  private void holdAtGate() {
    writes.closeGate();
    writer.submit(writes.first(0));
    writes.awaitAtGate();
  }
}
