package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Telemetry that is kept for ten days. */
class RetentionTest {
  private static final String OLD = "2026-11-05T10:00:00Z";

  private final TestDatabase database = TestDatabase.create();
  private final Sql sql = new Sql(database);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  private final Partitions partitions = new Partitions(time);
  private final Retention retention = new Retention(database.database(), time, partitions, 10);

  @AfterEach
  void close() {
    database.close();
  }

  private void ensure(String at) {
    long us = Instant.parse(at).getEpochSecond() * 1_000_000;
    database
        .database()
        .transaction(
            connection -> {
              partitions.ensure(connection, us);
              return us;
            });
  }

  private boolean hasDay(String day) {
    return sql.number("SELECT count(to_regclass('telemetry_batch_" + day + "'))") == 1;
  }

  private void batch(int seq, String at, String receivedAt) {
    database.execute(
        "INSERT INTO telemetry_batch (device_key, layout_id, time, stream, seq, received_at,"
            + " time_suspect, readings) VALUES (1, 1, '%s', 1, %d, '%s', true, 1)"
                .formatted(at, seq, receivedAt));
  }

  private void sweep() {
    retention.makeAhead();
    retention.drop();
  }

  @Test
  void aBatchForADayThatWasDroppedFindsAPartitionAgain() {
    ensure(OLD);
    ensure("2026-11-12T00:00:00Z");
    assertThat(hasDay("20261105")).isTrue();
    sweep();
    assertThat(hasDay("20261105")).isFalse();
    assertThat(hasDay("20261112")).isTrue();
    ensure(OLD);
    assertThat(hasDay("20261105")).isTrue();
  }

  @Test
  void absurdTimesAreKeptByTheTimeTheyCame() {
    batch(1, "1970-01-01T00:00:00Z", "2026-11-12T11:59:00Z");
    batch(2, "1970-01-01T00:00:00Z", "2026-11-12T12:01:00Z");
    batch(3, "2035-01-01T00:00:00Z", "2026-11-01T00:00:00Z");
    sweep();
    assertThat(sql.text("SELECT string_agg(seq::text, ' ') FROM telemetry_batch_outside"))
        .isEqualTo("2");
  }

  @Test
  void partitionsAreMadeBeforeABatchNeedsThem() {
    sweep();
    assertThat(hasDay("20261122")).isTrue();
    assertThat(hasDay("20261124")).isTrue();
    assertThat(hasDay("20261125")).isFalse();
    time.advance(Duration.ofHours(13));
    sweep();
    assertThat(hasDay("20261125")).isTrue();
  }

  /** Whoever waits for a table alone makes all that come later wait too, ingest among them. */
  @Test
  void aDayThatIsBeingReadIsDroppedLater() throws SQLException {
    ensure(OLD);
    ensure("2026-11-06T10:00:00Z");
    try (Connection reader = DriverManager.getConnection(database.url());
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM telemetry_batch");
      assertThatThrownBy(this::sweep).isInstanceOf(DatabaseException.class);
      assertThat(hasDay("20261105")).isTrue();
    }
    sweep();
    assertThat(hasDay("20261105")).isFalse();
    assertThat(hasDay("20261106")).isFalse();
  }

  /** Attaching a partition needs the table of absurd times alone, which every reader has open. */
  @Test
  void aDayIsMadeLaterThanWaitingForAReader() throws SQLException {
    try (Connection reader = DriverManager.getConnection(database.url());
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM telemetry_batch");
      assertThatThrownBy(this::sweep).isInstanceOf(DatabaseException.class);
      assertThat(sql.number("SELECT count(*) FROM pg_locks WHERE NOT granted")).isZero();
      assertThat(hasDay("20261122")).isFalse();
    }
    sweep();
    assertThat(hasDay("20261122")).isTrue();
  }

  /** Else all ingest would wait for a pg_dump when one device comes back after days. */
  @Test
  void aBatchOfADayThatCannotBeMadeNowLiesOutsideUntilThen() throws SQLException {
    String late = "2026-11-15T10:00:00Z";
    try (Connection reader = DriverManager.getConnection(database.url());
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM telemetry_batch");
      ensure(late);
      batch(1, late, "2026-11-22T12:00:00Z");
      assertThat(hasDay("20261115")).isFalse();
      assertThat(sql.number("SELECT count(*) FROM telemetry_batch_outside")).isEqualTo(1);
    }
    sweep();
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch_20261115")).isEqualTo(1);
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch_outside")).isZero();
  }
}
