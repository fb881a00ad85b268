package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
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

  @Test
  void aBatchForADayThatWasDroppedFindsAPartitionAgain() {
    ensure(OLD);
    ensure("2026-11-12T00:00:00Z");
    assertThat(hasDay("20261105")).isTrue();
    retention.sweep();
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
    retention.sweep();
    assertThat(sql.text("SELECT string_agg(seq::text, ' ') FROM telemetry_batch_outside"))
        .isEqualTo("2");
  }
}
