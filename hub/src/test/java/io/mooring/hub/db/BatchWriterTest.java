package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes made durable together, on a real PostgreSQL whose connection can be cut. */
class BatchWriterTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final NumberWrites writes = new NumberWrites();
  private final List<String> log = writes.log;
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final CutProxy proxy = new CutProxy("127.0.0.1", DATABASE.port());
  private final Database through = DATABASE.through(proxy.port());
  private BatchWriter writer = writer(100_000);

  @BeforeEach
  void table() {
    DATABASE.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (kind text, n int, UNIQUE (n))");
    writer.start();
  }

  @AfterEach
  void stop() {
    writes.openGate();
    writes.openTelling();
    proxy.restore();
    writer.close();
    through.close();
    proxy.close();
  }

  private BatchWriter writer(long maxBytes) {
    return new BatchWriter(
        through::openOwn,
        List.of(writes.firstKind(), writes.secondKind()),
        1_000,
        maxBytes,
        new WriterObserver() {
          @Override
          public void committed(int writes, long nanos) {
            commits.incrementAndGet();
          }

          @Override
          public void retried(DatabaseException why) {
            retries.incrementAndGet();
          }
        });
  }

  @Test
  void gathersWhatComesDuringATransactionAndKeepsTheOrderOfKinds() {
    holdAtGate();
    IntStream.rangeClosed(1, 50).forEach(i -> writer.submit(writes.second(i)));
    IntStream.rangeClosed(51, 100).forEach(i -> writer.submit(writes.first(i)));
    writes.openGate();
    await().until(() -> log.size() == 101);
    assertThat(commits).hasValue(2);
    assertThat(log.subList(1, 101))
        .isEqualTo(
            IntStream.concat(IntStream.rangeClosed(51, 100), IntStream.rangeClosed(1, 50))
                .mapToObj(i -> "committed " + i)
                .toList());
    assertThat(numbers("first")).isEqualTo("0,51,52");
  }

  @Test
  void aWriteThatIsRefusedHarmsNoOther() {
    holdAtGate();
    writer.submit(writes.first(1));
    writer.submit(writes.first(NumberWrites.WRONG));
    writer.submit(writes.first(NumberWrites.BROKEN));
    writer.submit(writes.second(1));
    writer.submit(writes.second(2));
    writes.openGate();
    await().until(() -> log.size() == 6);
    assertThat(log)
        .containsExactlyInAnyOrder(
            "committed 0",
            "committed 1",
            "refused " + NumberWrites.WRONG,
            "refused " + NumberWrites.BROKEN,
            "refused 1",
            "committed 2");
  }

  @Test
  void aCallbackThatThrowsStopsNothing() {
    writer.submit(writes.first(NumberWrites.THROWS_AFTERWARDS));
    writer.submit(writes.first(7));
    await().until(() -> log.contains("committed 7"));
  }

  @Test
  void anErrorOfAWriteIsARefusalNotTheEndOfTheWriter() {
    writer.submit(writes.first(NumberWrites.FATAL));
    writer.submit(writes.first(7));
    await().until(() -> log.contains("committed 7"));
    assertThat(log).contains("refused " + NumberWrites.FATAL);
  }

  @Test
  void outlivesAConnectionKilledInMidTransaction() {
    holdAtGate();
    DATABASE.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'mooring-writer' AND datname = current_database()");
    writer.submit(writes.first(1));
    writes.openGate();
    await().until(() -> log.size() == 2);
    assertThat(log).containsExactly("committed 0", "committed 1");
    assertThat(numbers("first")).isEqualTo("0,1");
  }

  @Test
  void waitsForADatabaseThatIsAwayAndWritesEverythingOnce() {
    writer.submit(writes.first(0));
    await().until(() -> log.contains("committed 0"));
    proxy.cut();
    IntStream.rangeClosed(1, 500).forEach(i -> writer.submit(writes.first(i)));
    await().until(() -> proxy.refused() >= 2);
    assertThat(log).containsExactly("committed 0");
    proxy.restore();
    await().until(() -> log.size() == 501);
    assertThat(log).doesNotHaveDuplicates();
    assertThat(count()).isEqualTo(501);
  }

  @Test
  void aDatabaseThatTurnsTheWriterAwayIsWaitedFor() {
    DATABASE.execute("DROP ROLE IF EXISTS w", "CREATE ROLE w LOGIN PASSWORD 'right' SUPERUSER");
    AtomicInteger turnedAway = new AtomicInteger();
    AtomicReference<String> password = new AtomicReference<>("wrong");
    BatchWriter other =
        new BatchWriter(
            () -> {
              turnedAway.incrementAndGet();
              return java.sql.DriverManager.getConnection(
                  DATABASE.url().replaceAll("\\?.*", "") + "?user=w&password=" + password.get());
            },
            List.of(writes.firstKind(), writes.secondKind()),
            10,
            1_000,
            WriterObserver.NONE);
    DATABASE.execute("ALTER ROLE w NOLOGIN");
    other.start();
    other.submit(writes.first(1));
    await().until(() -> turnedAway.get() > 0);
    DATABASE.execute("ALTER ROLE w LOGIN");
    password.set("right");
    await().until(() -> log.contains("committed 1"));
    other.close();
  }

  /** COMMIT reached the server, the answer did not come back: nothing twice, nobody forgotten. */
  @Test
  void aCommitWhoseAnswerIsLostCountsOnce() {
    writer.submit(writes.first(0));
    await().until(() -> log.contains("committed 0"));
    proxy.loseNextAnswerTo("COMMIT");
    writer.submit(writes.first(1));
    writer.submit(writes.second(2));
    await().until(() -> log.size() == 3);
    assertThat(proxy.answersLost()).isEqualTo(1);
    // The plain INSERT of these kinds cannot be repeated: had it been, it would have been refused.
    assertThat(log).containsExactlyInAnyOrder("committed 0", "committed 1", "committed 2");
    assertThat(count()).isEqualTo(3);
  }

  @Test
  void tellsWhenItIsFullAndWhenThereIsRoom() {
    holdAtGate();
    IntStream.rangeClosed(1, 101).forEach(i -> writer.submit(writes.first(i)));
    assertThat(writer.isFull()).isTrue();
    writer.whenRoom(() -> log.add("room"));
    assertThat(log).doesNotContain("room");
    writes.openGate();
    await().until(() -> log.contains("room"));
    assertThat(writer.isFull()).isFalse();
    writer.whenRoom(() -> log.add("at once"));
    assertThat(log).contains("at once");
  }

  /** Else a slow callback would let any amount of committed writes pile up behind it. */
  @Test
  void whatIsCommittedWeighsUntilItsCallbackHasRun() {
    writes.closeTelling();
    holdAtGate();
    IntStream.rangeClosed(1, 100).forEach(i -> writer.submit(writes.first(i)));
    writes.openGate();
    writes.awaitTelling();
    await().until(() -> count() == 101);
    assertThat(writer.queuedBytes()).isEqualTo(101_000);
    assertThat(writer.isFull()).isTrue();
    writes.openTelling();
    await().until(() -> writer.queuedBytes() == 0);
    assertThat(log).hasSize(101);
  }

  @Test
  void closeWritesWhatWaitsAndRefusesWhatComesLater() {
    holdAtGate();
    IntStream.rangeClosed(1, 100).forEach(i -> writer.submit(writes.first(i)));
    Thread closing = Thread.ofVirtual().start(writer::close);
    writes.openGate();
    await().until(() -> !closing.isAlive());
    assertThat(log).hasSize(101);
    assertThat(count()).isEqualTo(101);
    writer.submit(writes.first(200));
    assertThat(log).hasSize(102).endsWith("refused 200");
  }

  @Test
  void closeDoesNotWaitForADatabaseThatIsAway() {
    writer.submit(writes.first(0));
    await().until(() -> log.contains("committed 0"));
    proxy.cut();
    writer.submit(writes.first(1));
    await().until(() -> proxy.refused() >= 1);
    writer.close();
    assertThat(log).containsExactly("committed 0", "refused 1");
  }

  /** The writer is held in mid-transaction, with write 0. */
  private void holdAtGate() {
    writes.closeGate();
    writer.submit(writes.first(0));
    writes.awaitAtGate();
  }

  private String numbers(String kind) {
    return DATABASE
        .database()
        .query(
            c -> {
              try (Statement s = c.createStatement();
                  var row =
                      s.executeQuery(
                          "SELECT string_agg(n::text, ',') FROM"
                              + " (SELECT n FROM t WHERE kind = '"
                              + kind
                              + "' ORDER BY n LIMIT 3) x")) {
                row.next();
                return row.getString(1);
              }
            });
  }

  private int count() {
    return DATABASE
        .database()
        .query(
            c -> {
              try (Statement s = c.createStatement();
                  var row = s.executeQuery("SELECT count(*) FROM t")) {
                row.next();
                return row.getInt(1);
              }
            });
  }
}
