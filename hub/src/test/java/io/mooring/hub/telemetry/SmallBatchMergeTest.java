package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.db.RangeReads;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Small rows become long ones, and nobody who reads sees a difference. */
class SmallBatchMergeTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant T = Instant.parse("2026-11-22T10:00:00Z");
  private static final String EVERYTHING =
      """
      SELECT md5(string_agg(concat_ws('|', metric, device_time, received_at, number, integer, boolean,
        text, bytes), '\n' ORDER BY metric, device_time, received_at)) FROM reading
      """;

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(T.plus(71, ChronoUnit.MINUTES));
  private final LateHours late = new LateHours();
  private final SmallBatchMerge merge =
      new SmallBatchMerge(DATABASE.database(), late, time, work -> {});
  private final TelemetryQueries queries =
      new TelemetryQueries(new RangeReads(DATABASE.database(), 1));

  @BeforeEach
  void empty() {
    DATABASE.execute(
        "TRUNCATE device, command, event, session, layout, device_layout, telemetry_batch, merged_stream, merge_progress"
            + " RESTART IDENTITY CASCADE",
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('a', 'a', now(), now())",
        "INSERT INTO layout (digest, metrics, types) VALUES ('1',"
            + " ARRAY['temp','count','rpm','on','note','raw'],"
            + " ARRAY['number','integer','number','boolean','text','bytes'])",
        "INSERT INTO device_layout VALUES (1, 1)",
        ("INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)"
                + " VALUES (1, 1, 'offline', '%1$s', '%1$s', '', '', '')")
            .formatted(T.plusSeconds(3599)));
  }

  @Test
  void anHourOfSingleReadingsBecomesOneRowAndReadsTheSame() {
    single(T, 0, 3600);
    String before = sql.text(EVERYTHING);
    List<Bucket> chart = chart();
    Reading.Page page = page();
    var latest = queries.latest(1).toString();

    merge.sweep();

    assertThat(rows()).isEqualTo("1 of 3600");
    assertThat(sql.text(EVERYTHING)).isEqualTo(before);
    assertThat(chart()).isEqualTo(chart);
    assertThat(page().readings().toString()).isEqualTo(page.readings().toString());
    assertThat(queries.latest(1).toString().replaceAll("\\[B@\\w+", ""))
        .isEqualTo(latest.replaceAll("\\[B@\\w+", ""));
    assertThat(sql.number("SELECT seq FROM merged_stream")).isEqualTo(3599);
  }

  @Test
  void moreRowsThanOneStepTakesAndLongerOnesAmongThem() {
    single(T, 0, 9000, "350 milliseconds");
    DATABASE.execute(
        "INSERT INTO telemetry_batch (device_key, layout_id, time, stream, seq, received_at,"
            + " time_suspect, readings, offsets_us, numbers, integers, booleans, texts, blobs)"
            + (" SELECT 1, 1, '%s', 7, 100000, now(), false, 100, array_agg(i::bigint),"
                    + " array_agg(i::float8) || array_agg(i::float8), array_agg(i::bigint),"
                    + " array_agg(true), array_agg('x'::text), array_agg('\\x01'::bytea)"
                    + " FROM generate_series(1, 100) i")
                .formatted(T.plusSeconds(5)));
    String before = sql.text(EVERYTHING);

    merge.sweep();

    assertThat(sql.text(EVERYTHING)).isEqualTo(before);
    assertThat(rows()).isEqualTo("4 of 9100");
  }

  @Test
  void theHourThatIsNotSettledAndTheFewStayAsTheyAre() {
    single(T.plusSeconds(3600), 0, 100);
    single(T, 1000, SmallBatchMerge.WORTH - 1);

    merge.sweep();

    assertThat(rows()).isEqualTo("115 of 115");
    time.advance(Duration.ofHours(1));
    DATABASE.execute("UPDATE presence SET state = 'online'");
    merge.sweep();
    assertThat(rows()).isEqualTo("16 of 115");
  }

  @Test
  void whatComesLateIsMergedAgain() {
    single(T, 0, 1000);
    merge.sweep();
    assertThat(rows()).isEqualTo("1 of 1000");

    single(T.plusSeconds(1000), 1000, 1000);
    merge.sweep();
    assertThat(rows()).isEqualTo("1001 of 2000");

    late.stored(1, T.plusSeconds(1000).getEpochSecond() * 1_000_000, 1);
    merge.sweep();
    assertThat(rows()).isEqualTo("2 of 2000");
  }

  @Test
  void absurdTimesAndLongTextsStay() {
    single(T, 0, 100);
    DATABASE.execute("UPDATE telemetry_batch SET time_suspect = true WHERE seq < 50");
    DATABASE.execute(
        "UPDATE telemetry_batch SET texts = ARRAY[(SELECT string_agg(md5(i::text || seq), '')"
            + " FROM generate_series(1, 60) i)] WHERE seq >= 80");

    merge.sweep();

    assertThat(rows()).isEqualTo("71 of 100");
  }

  /** PostgreSQL's own measure of a text is that of the packed one. */
  @Test
  void textsThatPackWellDoNotFillTheMemory() {
    single(T, 0, 200);
    DATABASE.execute(
        "UPDATE telemetry_batch SET texts = ARRAY[repeat('x', 100000)] WHERE seq < 180");
    String before = sql.text(EVERYTHING);

    merge.sweep();

    assertThat(rows()).isEqualTo("181 of 200");
    assertThat(sql.text(EVERYTHING)).isEqualTo(before);
  }

  @Test
  void aRowStaysShortEnoughToBeUnpackedForOneReading() {
    single(T, 0, 3000);
    DATABASE.execute("UPDATE telemetry_batch SET texts = ARRAY[repeat('x', 1000)]");
    String before = sql.text(EVERYTHING);

    merge.sweep();

    assertThat(sql.text(EVERYTHING)).isEqualTo(before);
    assertThat(sql.number("SELECT max(length(array_to_string(texts, ''))) FROM telemetry_batch"))
        .isBetween(500_000L, 1_000_000L);
  }

  /** What a row keeps of the device's clock must be true of all its readings. */
  @Test
  void aStepOfTheDevicesClockBeginsANewRow() {
    single(T, 0, 100);
    DATABASE.execute(
        "UPDATE telemetry_batch SET clock_offset_us = CASE WHEN seq < 50 THEN 5 ELSE 3000005 END");

    merge.sweep();

    assertThat(
            sql.text(
                "SELECT string_agg(readings || ' at ' || clock_offset_us, ', ' ORDER BY time)"
                    + " FROM telemetry_batch"))
        .isEqualTo("50 at 5, 50 at 3000005");
  }

  /** A merged batch has lost its key, so its number must be known from then on. */
  @Test
  void aDeviceThatSendsMergedBatchesAgainIsToldThatTheyAreStored() {
    Instant hour = Instant.now().minus(3, ChronoUnit.HOURS).truncatedTo(ChronoUnit.HOURS);
    assertThat(storedAfterMergeOf(hour)).isEqualTo("1 of 100, stored 100");
  }

  /**
   * When a session opens, batches are looked for a day back. Those before that are found by their
   * keys when they are sent again, and must keep them.
   */
  @Test
  void batchesThatNoSessionLooksForKeepTheirKeys() {
    Instant hour = Instant.now().minus(30, ChronoUnit.HOURS).truncatedTo(ChronoUnit.HOURS);
    assertThat(storedAfterMergeOf(hour)).isEqualTo("100 of 100, stored 0");
  }

  private String storedAfterMergeOf(Instant hour) {
    try (TestHub hub = TestHub.start(DATABASE)) {
      int key = hub.device("d");
      DATABASE.execute("INSERT INTO device_layout VALUES (" + key + ", 1)");
      single(hour, 1, 100);
      DATABASE.execute(
          "UPDATE telemetry_batch SET device_key = " + key,
          "INSERT INTO presence SELECT "
              + key
              + ", 0, state, since, last_seen_at, node, address, agent FROM presence");
      time.advance(Duration.between(time.instant(), Instant.now()));
      late.mergedBefore(Long.MAX_VALUE / 2);
      merge.sweep();
      late.stored(key, hour.getEpochSecond() * 1_000_000, 1);
      merge.sweep();
      try (RawDevice device = hub.connect("d")) {
        var welcome = device.hello(7, 1, 101, hour.getEpochSecond() * 1_000_000).getWelcome();
        return rows() + ", stored " + welcome.getStoredSeqs(0);
      }
    }
  }

  @Test
  void aMergeBetweenTwoPagesRepeatsAndSkipsNothing() {
    single(T, 0, 100);
    single(T, 100, 100);
    List<Object> seen = new ArrayList<>();
    String cursor = null;
    do {
      Reading.Page page = queries.raw(1, "count", T, T.plusSeconds(3600), cursor, 33);
      page.readings().forEach(reading -> seen.add(reading.value()));
      cursor = page.next();
      merge.sweep();
    } while (cursor != null);
    assertThat(rows()).isEqualTo("1 of 200");
    assertThat(seen).doesNotHaveDuplicates().hasSize(200);
  }

  /** What OPERATIONS.md tells people to write reads one day's partition, by its key. */
  @Test
  void aBoundedQueryOfTheViewReadsOneDayByItsKey() {
    single(T, 0, 100);
    DATABASE.execute(
        "CREATE TABLE IF NOT EXISTS telemetry_batch_next PARTITION OF telemetry_batch"
            + " FOR VALUES FROM ('2026-11-23') TO ('2026-11-24')",
        "INSERT INTO telemetry_batch SELECT * FROM (SELECT d, 1, time, stream, seq, received_at,"
            + " clock_offset_us, time_suspect, readings, offsets_us, numbers, integers, booleans,"
            + " texts, blobs, received_offsets_us FROM telemetry_batch, generate_series(2, 50) d) x",
        "ANALYZE");
    String plan =
        sql.lines(
            """
            EXPLAIN SELECT time, number FROM reading
            WHERE device_id = 'a' AND metric = 'temp'
              AND time >= '2026-11-22 10:00Z' AND time < '2026-11-22 12:00Z'
              AND batch_time >= '2026-11-22 09:00Z' AND batch_time < '2026-11-22 13:00Z'
            ORDER BY time
            """);
    assertThat(plan)
        .contains("Index Scan using telemetry_batch_test_pkey")
        .contains("(device_key = d.key)")
        .doesNotContain("telemetry_batch_next");
  }

  private void single(Instant from, int firstSeq, int count) {
    single(from, firstSeq, count, "1 second");
  }

  /** Rows of one reading, stored as devices send them; arrived with growing delay. */
  private void single(Instant from, int firstSeq, int count, String step) {
    DATABASE.execute(
        "CREATE TABLE IF NOT EXISTS telemetry_batch_test PARTITION OF telemetry_batch"
            + " FOR VALUES FROM ('2026-11-22') TO ('2026-11-23')",
        ("INSERT INTO telemetry_batch SELECT 1, 1, '%s'::timestamptz + (%s)::interval * (s - %d), 7, s,"
                + " '%s'::timestamptz + interval '1.001 second' * s, s, false, 1, NULL, ARRAY[s, -s],"
                + " ARRAY[s], ARRAY[s %% 2 = 0], ARRAY['t' || s], ARRAY[decode(md5(s::text), 'hex')]"
                + " FROM generate_series(%d, %d) s")
            .formatted(from, "'" + step + "'", firstSeq, from, firstSeq, firstSeq + count - 1));
  }

  private String rows() {
    return sql.text("SELECT count(*) || ' of ' || sum(readings) FROM telemetry_batch");
  }

  private List<Bucket> chart() {
    return queries.buckets(
        1, "temp", T, T.plusSeconds(7200), Duration.ofMinutes(5), EnumSet.allOf(Aggregate.class));
  }

  private Reading.Page page() {
    return queries.raw(1, "count", T.plusSeconds(60), T.plusSeconds(3000), null, 500);
  }
}
