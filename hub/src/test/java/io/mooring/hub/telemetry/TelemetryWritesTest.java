package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound;
import io.mooring.hub.wire.ValueType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Batches into the table: every type, every day, every repetition. */
class TelemetryWritesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Layout ALL =
      Layout.of(
          1,
          List.of(
              new Inbound.Metric("n", ValueType.NUMBER),
              new Inbound.Metric("i", ValueType.INTEGER),
              new Inbound.Metric("b", ValueType.BOOLEAN),
              new Inbound.Metric("t", ValueType.TEXT),
              new Inbound.Metric("x", ValueType.BYTES)));

  @AutoClose private final IntakeFixture fixture = new IntakeFixture(NOON, ALL);
  private final TestDatabase database = fixture.database;
  private final Sql sql = fixture.sql;
  private final FakeTime time = fixture.time;
  private final IntakeFixture.Sink sink = fixture.sink;
  private final BatchWriter writer = fixture.writer;
  private final int device = fixture.device;

  @Test
  void everyTypeComesBackAsItWas() {
    place(
        new Inbound.Batch(
            1,
            0,
            1,
            us(NOON),
            new long[] {0, -500_000, 1_000_000},
            new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0},
            new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE},
            new boolean[] {true, false, true},
            bytes("", "Ölstand ä€😀 \"{},\\", "x".repeat(4096)),
            new byte[][] {{}, {0, -1, 127}, new byte[4096]}));
    sink.awaitStored(1);
    assertThat(sql.text("SELECT string_agg(number::text, ' ' ORDER BY time) FROM reading"))
        .isEqualTo("-Infinity NaN -0");
    assertThat(sql.text("SELECT string_agg(integer::text, ' ' ORDER BY time) FROM reading"))
        .isEqualTo("0 -9223372036854775808 9223372036854775807");
    assertThat(sql.text("SELECT string_agg(boolean::text, ' ' ORDER BY time) FROM reading"))
        .isEqualTo("false true true");
    assertThat(sql.text("SELECT string_agg(left(text, 20), '|' ORDER BY time) FROM reading"))
        .isEqualTo("Ölstand ä€😀 \"{},\\||" + "x".repeat(20));
    assertThat(
            sql.text(
                "SELECT string_agg(left(encode(bytes, 'hex'), 6), '|' ORDER BY time) FROM reading"))
        .isEqualTo("00ff7f||000000");
    assertThat(sql.text("SELECT min(device_time AT TIME ZONE 'UTC')::text FROM reading"))
        .isEqualTo("2026-11-22 11:59:59.5");
  }

  @Test
  void theRowSaysWhatIsKnownOfTheClock() {
    writer.submit(
        new BatchWrite(
            sink,
            0,
            ALL,
            batch(1, NOON),
            RowEncoder.encode(device, 1, -5, batch(1, NOON), us(NOON), -250L, false),
            0));
    sink.awaitStored(1);
    assertThat(
            sql.text(
                "SELECT stream || ' ' || clock_offset_us || ' ' || readings || ' '"
                    + " || (offsets_us IS NULL) FROM telemetry_batch"))
        .isEqualTo("-5 -250 1 true");
  }

  @Test
  void everyDayHasItsPlace() {
    place(batch(1, NOON));
    place(batch(2, NOON.minus(Duration.ofDays(300))));
    place(batch(3, Instant.parse("1970-01-01T00:00:00Z")));
    place(batch(4, Instant.parse("2090-01-01T00:00:00Z")));
    place(batch(5, NOON.plus(Duration.ofDays(5))));
    place(batch(6, Instant.parse("9999-12-31T23:59:59Z")));
    sink.awaitStored(6);
    assertThat(places())
        .isEqualTo(
            "1 telemetry_batch_20261122 false, 2 telemetry_batch_20260126 false,"
                + " 3 telemetry_batch_outside true, 4 telemetry_batch_outside true,"
                + " 5 telemetry_batch_outside true, 6 telemetry_batch_outside true");
    assertThat(sql.text("SELECT to_regclass('telemetry_batch_20261124')::text"))
        .isEqualTo("telemetry_batch_20261124");

    // Four days on, the fifth batch's day gets its partition, and the batch moves into it.
    time.advance(Duration.ofDays(4));
    place(batch(7, NOON.plus(Duration.ofDays(4))));
    sink.awaitStored(7);
    assertThat(places()).contains("5 telemetry_batch_20261127", "6 telemetry_batch_outside");
  }

  @Test
  void aRepeatedBatchIsStoredOnceAndAcknowledgedAlways() {
    place(batch(1, NOON));
    sink.awaitStored(1);
    for (int i = 0; i < 3; i++) {
      place(batch(1, NOON));
      place(batch(1, NOON));
      place(batch(2 + i, NOON));
      sink.awaitStored(1 + (i + 1) * 3);
    }
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(4);
  }

  /** The first batches of a day share their transaction with something that is refused. */
  @Test
  void partitionsOfATransactionThatFailedAreMadeAgain() {
    writer.submit(new Stumble());
    place(batch(1, NOON));
    writer.submit(new Stumble());
    sink.awaitStored(1);
    assertThat(places()).isEqualTo("1 telemetry_batch_20261122 false");
  }

  /** It makes its day's partition, which goes with it. */
  @Test
  void theDayOfABatchThatWasRefusedIsMadeAgain() {
    refuseSecond();
    place(batch(2, NOON));
    await().until(() -> sink.refused);
    IntakeFixture.Sink other = fixture.newSink();
    fixture.place(other, batch(7, NOON));
    other.awaitStored(1);
    assertThat(places()).isEqualTo("7 telemetry_batch_20261122 false");
  }

  @Test
  void aBatchOfADeviceDeletedMeanwhileIsStoredAndHarmsNobody() {
    database.execute("DELETE FROM device");
    place(batch(1, NOON));
    sink.awaitStored(1);
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(1);
    assertThat(sql.number("SELECT count(*) FROM reading")).isZero();
  }

  /** A batch that cannot be stored ends its session's telemetry: what follows must not hide it. */
  @Test
  void nothingIsStoredAfterABatchThatWasRefused() {
    refuseSecond();
    for (int seq = 1; seq <= 5; seq++) {
      place(batch(seq, NOON));
    }
    await().until(() -> sink.refused);
    place(batch(6, NOON));
    IntakeFixture.Sink other = fixture.newSink();
    fixture.place(other, batch(7, NOON));
    other.awaitStored(1);
    assertThat(sql.text("SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM telemetry_batch"))
        .isEqualTo("1 7");
    assertThat(sink.stored).containsExactly(1L);
  }

  private void refuseSecond() {
    database.execute(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN IF NEW.seq = 2 THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON telemetry_batch FOR EACH ROW EXECUTE FUNCTION no()");
  }

  private void place(Inbound.Batch batch) {
    fixture.place(sink, batch);
  }

  private String places() {
    return sql.text(
        "SELECT string_agg(seq || ' ' || tableoid::regclass || ' ' || time_suspect, ', '"
            + " ORDER BY seq) FROM telemetry_batch");
  }

  private static Inbound.Batch batch(long seq, Instant at) {
    return new Inbound.Batch(
        seq,
        0,
        1,
        us(at),
        new long[] {0},
        new double[] {1},
        new long[] {1},
        new boolean[] {true},
        bytes("t"),
        bytes("x"));
  }

  private static byte[][] bytes(String... texts) {
    return Arrays.stream(texts)
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static long us(Instant at) {
    return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
  }
}
