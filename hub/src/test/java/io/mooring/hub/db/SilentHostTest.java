package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database host that vanishes without a word: no reset, no answer, nothing. */
class SilentHostTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final CutProxy proxy = new CutProxy("127.0.0.1", DATABASE.port());

  @BeforeEach
  void table() {
    DATABASE.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (kind text, n int, UNIQUE (n))");
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  @Test
  void everyConnectionThatLastsHasABoundAndMigrationsHaveNone() throws SQLException {
    try (Database database = DATABASE.through(proxy.port());
        Connection writer = database.openOwn();
        Connection migrations = database.forMigrations().getConnection()) {
      assertThat(writer.getNetworkTimeout()).isEqualTo(60_000);
      assertThat(database.<Integer>query(Connection::getNetworkTimeout)).isEqualTo(60_000);
      assertThat(migrations.getNetworkTimeout()).isZero();
    }
  }

  @Test
  void theWriterGivesUpItsConnectionAndWritesOnceTheHostIsBack() {
    NumberWrites writes = new NumberWrites();
    try (Database through = DATABASE.through(proxy.port(), "?socketTimeout=1");
        BatchWriter writer =
            new BatchWriter(
                through::openOwn,
                List.of(writes.firstKind(), writes.secondKind()),
                10,
                1_000,
                WriterObserver.NONE)) {
      writer.start();
      writer.submit(writes.first(0));
      await().until(() -> writes.log.contains("committed 0"));
      proxy.fallSilent();
      writer.submit(writes.first(1));
      // Also a cut of the connection would do; but nobody cuts it: only the timeout ends the wait.
      await().until(() -> proxy.connections() >= 3);
      proxy.restore();
      await().until(() -> writes.log.contains("committed 1"));
    }
  }

  /** Waiting for an answer has its timeout; sending into the void has none but this. */
  @Test
  void aTransactionStuckInSendingIsCutOff() throws Exception {
    FakeTime time = new FakeTime(Instant.EPOCH);
    CountDownLatch sending = new CountDownLatch(1);
    try (Database through = DATABASE.through(proxy.port())) {
      Transactions transactions = new Transactions(through::openOwn, time, false);
      CompletableFuture<DatabaseException> failed = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> failed.complete(transactions.attempt(List.of(large(sending)), false)));
      sending.await();
      transactions.cutOffAfter(Duration.ofMinutes(5));
      assertThat(failed).isNotDone();
      time.advance(Duration.ofMinutes(5));
      transactions.cutOffAfter(Duration.ofMinutes(5));
      await().until(failed::isDone);
      assertThat(failed.get().kind()).isEqualTo(DatabaseException.Kind.UNAVAILABLE);
    }
  }

  private record Large() implements Write {
    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public void refused(DatabaseException why) {}
  }

  /** Sends more than any socket's buffers hold. */
  private Group<Large> large(CountDownLatch sending) {
    Write.Kind<Large> kind =
        new Write.Kind<>() {
          @Override
          public Class<Large> type() {
            return Large.class;
          }

          @Override
          public void write(Connection connection, List<Large> writes, boolean careful)
              throws SQLException {
            try (PreparedStatement select = connection.prepareStatement("SELECT length(?)")) {
              select.setString(1, "x".repeat(64 * 1024 * 1024));
              proxy.fallSilent();
              sending.countDown();
              select.executeQuery().close();
            }
          }

          @Override
          public void committed(List<Large> writes) {}
        };
    return new Group<>(kind, List.of(new Large()));
  }

  @Test
  void theRequestsPoolGivesUpTooAndLendsFreshConnectionsAfterwards() {
    try (Database through = DATABASE.through(proxy.port(), "?socketTimeout=1")) {
      assertThat(through.<Boolean>query(c -> c.isValid(1))).isTrue();
      assertThatThrownBy(
              () ->
                  through.query(
                      c -> {
                        proxy.fallSilent();
                        return c.createStatement().execute("SELECT 1");
                      }))
          .isInstanceOfSatisfying(
              DatabaseException.class,
              e -> assertThat(e.kind()).isEqualTo(DatabaseException.Kind.UNAVAILABLE));
      proxy.restore();
      assertThat(through.<Boolean>query(c -> c.isValid(1))).isTrue();
    }
  }
}
