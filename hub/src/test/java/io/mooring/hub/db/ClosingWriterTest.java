package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A writer that is closed while it does not know whether its last COMMIT counts. */
class ClosingWriterTest {
  private final TestDatabase database = TestDatabase.create();
  private final CutProxy proxy = new CutProxy("127.0.0.1", database.port());
  private final Database through = database.through(proxy.port());
  private final NumberWrites writes = new NumberWrites();
  private final CountDownLatch trying = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean opened;

  /** The first connection is made, the next one fails once the writer is closing, then all are. */
  private Connection connect() throws SQLException {
    if (opened && trying.getCount() > 0) {
      trying.countDown();
      try {
        closing.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw new SQLException("away", "08001");
    }
    opened = true;
    return through.openOwn();
  }

  /** Else the next write would be told that it is committed by what became of the one before. */
  @Test
  void givesUpTheUnansweredCommitTogetherWithItsWrites() throws InterruptedException {
    database.execute("CREATE TABLE t (kind text, n int, UNIQUE (n))");
    BatchWriter writer =
        new BatchWriter(
            this::connect,
            List.of(writes.firstKind(), writes.secondKind()),
            1,
            100_000,
            WriterObserver.NONE);
    writer.start();
    writer.submit(writes.first(0));
    await().until(() -> writes.log.contains("committed 0"));
    proxy.loseNextAnswerTo("COMMIT");
    writer.submit(writes.first(1));
    writer.submit(writes.first(2));
    trying.await();
    Thread closer = Thread.ofPlatform().start(writer::close);
    await().until(() -> closer.getState() == Thread.State.WAITING);
    closing.countDown();
    assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
    assertThat(proxy.answersLost()).isEqualTo(1);
    assertThat(writes.log).containsExactly("committed 0", "refused 1", "committed 2");
    assertThat(new Sql(database).number("SELECT count(*) FROM t WHERE n = 2")).isEqualTo(1);
    through.close();
    proxy.close();
    database.close();
  }
}
