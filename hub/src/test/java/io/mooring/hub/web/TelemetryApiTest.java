package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.access.Scope;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryApiTest {
  private static final String PATH = "/api/v1/devices/pump-7/telemetry";
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.with(Scope.TELEMETRY_READ);

  @BeforeAll
  static void readings() {
    int key = HUB.device("pump-7");
    HUB.database.execute(
        "INSERT INTO layout (digest, metrics, types) VALUES ('1', ARRAY['temp','blob'],"
            + " ARRAY['number','bytes'])",
        "INSERT INTO device_layout VALUES (%d, 1)".formatted(key),
        ("INSERT INTO telemetry_batch VALUES (%d, 1, '2026-11-22T09:59:00Z', 1, 1,"
                + " '2026-11-22T09:59:02Z', NULL, false, 3, ARRAY[0,1000000,2000000],"
                + " ARRAY[1.5, 2.5, 'NaN'], NULL, NULL, NULL,"
                + " ARRAY['\\x01','\\x02','\\x03']::bytea[])")
            .formatted(key));
  }

  @Test
  void latest() {
    var metrics = api.get(PATH + "/latest").json().at("/metrics");

    assertThat(metrics.at("/0/value").asString()).isEqualTo("Aw==");
    assertThat(metrics.at("/1/metric").asString()).isEqualTo("temp");
    assertThat(metrics.at("/1/value").isNull()).as("not finite").isTrue();
    assertThat(metrics.at("/1/time").asString()).isEqualTo("2026-11-22T09:59:02Z");
  }

  @Test
  void rawPageByPageWithinTheLastHour() {
    var first = api.get(PATH + "?metric=temp&limit=2").json();
    var second =
        api.get(PATH + "?metric=temp&limit=2&cursor=" + first.at("/next").asString()).json();

    assertThat(first.at("/items/1/value").asDouble()).isEqualTo(2.5);
    assertThat(second.at("/items")).hasSize(1);
    assertThat(second.at("/items/0/value").isNull()).isTrue();
    assertThat(second.has("next")).isFalse();
  }

  @Test
  void aForgedCursorIsRefused() {
    for (long micros : new long[] {Long.MIN_VALUE, -1, 253_402_300_800_000_000L, Long.MAX_VALUE}) {
      byte[] forged = ByteBuffer.allocate(32).putLong(micros).array();
      String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(forged);
      api.get(PATH + "?metric=temp&cursor=" + cursor).isRefused(400, "?cursor");
    }
  }

  /** Handshakes share the pool: range queries may not take all of it. */
  @Test
  void oneRangeQueryTooManyIsAskedToComeAgain() {
    try (TestHub hub = new TestHub(TestHub.limits(1, 1))) {
      hub.device("pump-7");
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch enough = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(
              () ->
                  hub.reads.query(
                      connection -> {
                        running.countDown();
                        return await(enough);
                      }));
      await(running);
      Api reader = hub.with(Scope.TELEMETRY_READ);
      Api.Answer refused = reader.get(PATH + "?metric=temp");
      refused.isRefused(503, "");
      assertThat(refused.header("Retry-After")).isNotEmpty();
      enough.countDown();
      reader.get(PATH + "?metric=temp").isRefused(404, "");
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void bucketsWithWhatWasAskedFor() {
    var series = api.get(PATH + "?metric=temp&bucket=PT60S&agg=min,max,count,last").json();

    assertThat(series.at("/bucket").asString()).as("as it was asked for").isEqualTo("PT60S");
    assertThat(series.at("/items/0").toString())
        .isEqualTo(
            "{\"time\":\"2026-11-22T09:59:00Z\",\"min\":1.5,\"max\":2.5,\"count\":3,\"last\":null}");
    assertThat(api.get(PATH + "?metric=temp&bucket=PT1S").json().at("/items/2/avg").isNull())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                     | ?metric",
        "metric=                                                | ?metric",
        "metric=t&from=now                                      | ?from",
        "metric=t&to=2026-11-22                                 | ?to",
        "metric=t&to=%2B99999-01-01T00:00:00Z                   | ?to",
        "metric=t&from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z | ?from",
        "metric=t&bucket=PT0.5S                                 | ?bucket",
        "metric=t&bucket=P32D                                   | ?bucket",
        "metric=t&bucket=PT1.0000001S                           | ?bucket",
        "metric=t&bucket=PT1S&from=2026-11-22T08:00:00Z         | ?bucket",
        "metric=t&bucket=PT1S&limit=5                           | ?bucket",
        "metric=t&bucket=PT1M&agg=median                        | ?agg",
        "metric=t&agg=avg                                       | ?agg",
        "metric=t&cursor=x                                      | ?cursor",
      })
  void badQueriesAreRefusedAtTheirPlace(String query, String pointer) {
    api.get(PATH + "?" + query).isRefused(400, pointer);
  }

  @Test
  void plusSignLostInTheQueryIsExplained() {
    var answer = api.get(PATH + "?metric=t&from=2026-11-22T10:00:00+01:00");

    assertThat(answer.json().at("/errors/0/detail").asString()).contains("%2B");
  }

  @Test
  void anUnknownMetricIsToldFromOneWithoutReadings() {
    for (String query : List.of("?metric=tmep", "?metric=tmep&bucket=PT1M")) {
      var refused = api.get(PATH + query);
      refused.isRefused(404, "");
      assertThat(refused.json().at("/type").asString())
          .isEqualTo("urn:mooring:problem:unknown-metric");
      assertThat(refused.json().at("/detail").asString()).endsWith("It has sent: blob, temp.");
    }
    assertThat(api.get(PATH + "?metric=temp&to=2026-01-01T00:00:00Z").json().at("/items"))
        .isEmpty();
    HUB.device("silent");
    assertThat(
            api.get("/api/v1/devices/silent/telemetry?metric=temp").json().at("/detail").asString())
        .endsWith("It has not sent any telemetry yet.");
  }

  @Test
  void fleetAtAGlance() {
    var fleet = HUB.with(Scope.DEVICES_READ).get("/api/v1/fleet").json();

    assertThat(fleet.at("/devices/neverSeen").asInt()).isEqualTo(1);
    assertThat(fleet.at("/readingsPerSecond").asDouble()).isEqualTo(12.5);
    assertThat(fleet.at("/version").asString()).isEqualTo("1.2.3");
  }
}
