package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mooring.hub.db.RangeReads;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.ValueType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TelemetryQueriesTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant T = Instant.parse("2026-11-22T10:00:00Z");
  private static final int DEVICE = 1;

  private final TelemetryQueries queries =
      new TelemetryQueries(new RangeReads(DATABASE.database(), 4));
  private int seq;

  @BeforeEach
  void schema() {
    DATABASE.execute(
        "TRUNCATE device, command, event, session, layout, device_layout, telemetry_batch RESTART IDENTITY CASCADE",
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('a', 'a', now(), now())",
        // Slots: temp 0 and rpm 1 among the numbers, count 0 among the integers, and so on.
        "INSERT INTO layout (digest, metrics, types) VALUES ('1',"
            + " ARRAY['temp','count','rpm','on','note','raw'],"
            + " ARRAY['number','integer','number','boolean','text','bytes'])",
        "INSERT INTO layout (digest, metrics, types) VALUES ('2', ARRAY['temp'], ARRAY['integer'])",
        "INSERT INTO device_layout VALUES (1, 1), (1, 2)");
  }

  @Test
  void latestTakesTheNewestReadingOfEachMetric() {
    wide(T, "ARRAY[0, 2000000, 1000000]", 3);

    assertThat(queries.latest(DEVICE))
        .extracting(Reading.Latest::metric, Reading.Latest::type, Reading.Latest::value)
        .containsExactly(
            tuple("count", ValueType.INTEGER, 102L),
            tuple("note", ValueType.TEXT, "n2"),
            tuple("on", ValueType.BOOLEAN, true),
            tuple("raw", ValueType.BYTES, new byte[] {2}),
            tuple("rpm", ValueType.NUMBER, 1002.0),
            tuple("temp", ValueType.NUMBER, 2.0));
    assertThat(queries.latest(DEVICE).getFirst().time()).isEqualTo(T.plusSeconds(2));
  }

  @Test
  void latestAcrossLayoutsAndBehindAbsurdTimes() {
    wide(T, null, 1);
    integers(T.plusSeconds(5), 7);
    assertThat(temp().value()).isEqualTo(7L);

    DATABASE.execute("UPDATE telemetry_batch SET time_suspect = true WHERE layout_id = 2");
    assertThat(temp().value()).isEqualTo(1.0);

    DATABASE.execute(
        "UPDATE telemetry_batch SET time_suspect = true, received_at = time + interval '1 day'");
    assertThat(temp().value()).isEqualTo(7L);
    assertThat(temp().time()).isEqualTo(T.plusSeconds(5).plus(Duration.ofDays(1)));
  }

  @Test
  void latestOfAnUnknownDeviceIsEmpty() {
    assertThat(queries.latest(99)).isEmpty();
  }

  @Test
  void rawReadsEachTypeFromItsOwnSlot() {
    wide(T, "ARRAY[0, 2000000, 1000000]", 3);

    assertThat(values("temp")).containsExactly(1.0, 3.0, 2.0);
    assertThat(values("rpm")).containsExactly(1001.0, 1003.0, 1002.0);
    assertThat(values("count")).containsExactly(101L, 103L, 102L);
    assertThat(values("on")).containsExactly(false, false, true);
    assertThat(values("note")).containsExactly("n1", "n3", "n2");
    assertThat(values("raw")).hasSize(3);
    assertThat(values("unheard-of")).isEmpty();
  }

  @Test
  void rawKeepsTheRangeInsideBatches() {
    wide(T, "ARRAY[0, -1800000000, 1800000000]", 3);

    assertThat(raw("temp", T, T.plusSeconds(1), 10)).containsExactly(1.0);
    assertThat(raw("temp", T.minusSeconds(1800), T, 10)).containsExactly(2.0);
    assertThat(raw("temp", T.plusSeconds(1800), T.plusSeconds(1801), 10)).containsExactly(3.0);
    assertThat(raw("temp", T.plusSeconds(1), T.plusSeconds(1800), 10)).isEmpty();
  }

  @Test
  void rawLeavesAbsurdTimesOut() {
    wide(T, null, 1);
    DATABASE.execute("UPDATE telemetry_batch SET time_suspect = true");

    assertThat(values("temp")).isEmpty();
  }

  @Test
  void rawPagesThroughEqualTimesOverTypesAndLongGaps() {
    for (int i = 0; i < 5; i++) {
      numbers(T, i);
      integers(T, 100 + i);
    }
    numbers(T.plus(Duration.ofDays(400)), 9);
    List<Object> all = new ArrayList<>();
    String cursor = null;
    int pages = 0;
    do {
      Reading.Page page = queries.raw(DEVICE, "temp", T, T.plus(Duration.ofDays(500)), cursor, 3);
      page.readings().forEach(reading -> all.add(reading.value()));
      cursor = page.next();
      pages++;
    } while (cursor != null);

    assertThat(all).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 100L, 101L, 102L, 103L, 104L, 9.0);
    assertThat(pages).isEqualTo(4);
  }

  @Test
  void foreignCursorsAreKnownAsSuch() {
    assertThat(TelemetryQueries.isCursor("!")).isFalse();
    assertThat(TelemetryQueries.isCursor("AAAA")).isFalse();
    assertThat(TelemetryQueries.isCursor("")).isFalse();
    assertThat(TelemetryQueries.isCursor(new RawCursor(T, 4).text())).isTrue();
    assertThat(RawCursor.parse(new RawCursor(T, 4).text())).contains(new RawCursor(T, 4));
  }

  @Test
  void bucketsAggregateAndAlignToTheEpoch() {
    for (int i = 0; i < 10; i++) {
      numbers(T.plusSeconds(i), i);
    }

    assertThat(buckets("temp", T.plusSeconds(1), T.plusSeconds(9), Duration.ofSeconds(4)))
        .containsExactly(
            new Bucket(T, 2.0, 1.0, 3.0, 3, 3.0),
            new Bucket(T.plusSeconds(4), 5.5, 4.0, 7.0, 4, 7.0),
            new Bucket(T.plusSeconds(8), 8.0, 8.0, 8.0, 1, 8.0));
  }

  @Test
  void bucketsBefore1970AlignToo() {
    Instant old = Instant.parse("1969-12-31T23:59:58Z");
    numbers(old, 5);

    assertThat(buckets("temp", old, old.plusSeconds(1), Duration.ofMinutes(1)))
        .extracting(Bucket::start)
        .containsExactly(Instant.parse("1969-12-31T23:59:00Z"));
  }

  @Test
  void bucketsLeaveNumbersThatAreNotFiniteOutOfAllButTheCount() {
    numbers(T, 4);
    for (String odd : List.of("NaN", "Infinity", "-Infinity")) {
      row(1, T.plusSeconds(1), null, 1, "ARRAY['" + odd + "'::float8, 0]");
    }

    Bucket bucket = buckets("temp", T, T.plusSeconds(60), Duration.ofMinutes(1)).getFirst();

    assertThat(bucket).isEqualTo(new Bucket(T, 4.0, 4.0, 4.0, 4, bucket.last()));
    assertThat(bucket.last()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void bucketsOfEveryType() {
    wide(T, "ARRAY[0, 2000000, 1000000]", 3);

    assertThat(minute("on")).isEqualTo(new Bucket(T, 1 / 3.0, 0.0, 1.0, 3, true));
    assertThat(minute("count")).isEqualTo(new Bucket(T, 102.0, 101.0, 103.0, 3, 102L));
    assertThat(minute("note")).isEqualTo(new Bucket(T, null, null, null, 3, "n2"));
  }

  @Test
  void bucketsOfAMetricThatChangedItsType() {
    numbers(T, 1);
    integers(T.plusSeconds(1), 3);

    assertThat(minute("temp")).isEqualTo(new Bucket(T, 2.0, 1.0, 3.0, 2, 3L));
  }

  @Test
  void lastIsReadOnlyWhenWanted() {
    numbers(T, 1);

    List<Bucket> found =
        queries.buckets(
            DEVICE, "temp", T, T.plusSeconds(60), Duration.ofMinutes(1), Set.of(Aggregate.AVG));

    assertThat(found).extracting(Bucket::last).containsOnlyNulls();
  }

  private Bucket minute(String metric) {
    return buckets(metric, T, T.plusSeconds(60), Duration.ofMinutes(1)).getFirst();
  }

  private List<Bucket> buckets(String metric, Instant from, Instant to, Duration width) {
    return queries.buckets(DEVICE, metric, from, to, width, EnumSet.allOf(Aggregate.class));
  }

  private Reading.Latest temp() {
    return queries.latest(DEVICE).stream()
        .filter(latest -> latest.metric().equals("temp"))
        .findFirst()
        .orElseThrow();
  }

  private List<Object> values(String metric) {
    return raw(metric, T.minusSeconds(7200), T.plusSeconds(7200), 100);
  }

  private List<Object> raw(String metric, Instant from, Instant to, int limit) {
    return queries.raw(DEVICE, metric, from, to, null, limit).readings().stream()
        .map(Reading::value)
        .toList();
  }

  /** A batch of up to three readings of the wide layout. */
  private void wide(Instant time, @Nullable String offsets, int readings) {
    row(
        1,
        time,
        offsets,
        readings,
        readings == 3 ? "ARRAY[1,2,3, 1001,1002,1003]" : "ARRAY[1, 1001]",
        readings == 3 ? "ARRAY[101,102,103]" : "ARRAY[101]",
        readings == 3 ? "ARRAY[false,true,false]" : "ARRAY[false]",
        readings == 3 ? "ARRAY['n1','n2','n3']" : "ARRAY['n1']",
        readings == 3 ? "ARRAY['\\x01','\\x02','\\x03']::bytea[]" : "ARRAY['\\x01']::bytea[]");
  }

  private void numbers(Instant time, double value) {
    row(1, time, null, 1, "ARRAY[" + value + ", 0]");
  }

  private void integers(Instant time, long value) {
    row(2, time, null, 1, "NULL", "ARRAY[" + value + "]");
  }

  private void row(
      int layout, Instant time, @Nullable String offsets, int readings, String... arrays) {
    List<String> all = new ArrayList<>(List.of(arrays));
    while (all.size() < 5) {
      all.add("NULL");
    }
    DATABASE.execute(
        "INSERT INTO telemetry_batch VALUES (%d, %d, '%s', 1, %d, '%s', NULL, false, %d, %s, %s)"
            .formatted(
                DEVICE, layout, time, ++seq, time, readings, offsets, String.join(", ", all)));
  }
}
