package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole hub, devices that send readings, and what a scrape tells of them. */
class IngestMetricsTest {
  private final long now = Instant.now().getEpochSecond() * 1_000_000;

  /** So old that a session does not look whether it is stored: only the commit finds out. */
  private final long yesterday = now - Duration.ofHours(25).toNanos() / 1_000;

  private static final String ACCEPTED = "mooring_telemetry_accepted_batches_total";
  private static final String STORED = "mooring_telemetry_stored_batches_total";
  private static final String ACKNOWLEDGED = "mooring_telemetry_acknowledged_batches_total";
  private static final String TIMED = "mooring_telemetry_ack_seconds_count";
  private static final String REPEATED = "mooring_telemetry_repeated_batches_total";
  private static final String REFUSED = "mooring_telemetry_refused_batches_total";

  private final TestDatabase database = TestDatabase.create();
  private final CutProxy proxy = new CutProxy("127.0.0.1", database.port());
  private final Database through = database.through(proxy.port());
  private final NodeLock lock = NodeLock.take(through, "north", new Random());
  private final Hub hub =
      Hub.start(DataPaths.config(DataPaths.writerQueueBytes(2_000)), through, lock);
  private final HttpClient client = HttpClient.newHttpClient();
  private final int key = new Sql(database).device("d");
  private final String token =
      new DeviceTokens(database.database(), new Random(3), (device, id) -> {})
          .issue(key, "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
          .secret()
          .reveal();

  @AfterEach
  void close() {
    client.close();
    proxy.restore();
    hub.close();
    lock.close();
    through.close();
    proxy.close();
    database.close();
  }

  private RawDevice connect(long firstSeq, long nextSeq, long oldestTimeUs) {
    RawDevice device =
        RawDevice.connect(URI.create("ws://127.0.0.1:" + hub.port() + "/device"), token);
    device.hello(5, firstSeq, nextSeq, oldestTimeUs);
    device.layout(1, "t", "u");
    return device;
  }

  /** Every series by its name with labels, as the scrape spells it. */
  private Map<String, Double> scrape() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(hub.uri() + "/metrics")).build();
    try {
      Map<String, Double> series = new HashMap<>();
      client
          .send(request, HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                int space = line.lastIndexOf(' ');
                series.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
              });
      return series;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitMetrics(Map<String, Double> expected) {
    await().untilAsserted(() -> assertThat(scrape()).containsAllEntriesOf(expected));
  }

  @Test
  void whatIsAcceptedIsStoredAndAcknowledged() {
    try (RawDevice device = connect(1, 1, 0)) {
      for (int seq = 1; seq <= 20; seq++) {
        device.reading(seq, 1, seq == 20 ? 0 : now, 1, 2);
      }
      device.awaitAck(20);
      device.reading(20, 1, now, 1, 2);
      awaitMetrics(Map.of(REPEATED + "{found=\"session\"}", 1.0));
      awaitMetrics(
          Map.of(
              ACCEPTED,
              20.0,
              "mooring_telemetry_accepted_readings_total",
              20.0,
              STORED,
              20.0,
              "mooring_telemetry_stored_readings_total",
              20.0,
              "mooring_telemetry_stored_values_total",
              40.0,
              ACKNOWLEDGED,
              20.0,
              TIMED,
              20.0,
              "mooring_telemetry_ack_seconds_bucket{le=\"+Inf\"}",
              20.0,
              "mooring_commit_telemetry_rows_sum",
              20.0));
      // The last one came from 1970.
      awaitMetrics(
          Map.of(
              "mooring_telemetry_suspect_readings_total", 1.0,
              "mooring_telemetry_outside_batches_total", 1.0,
              "mooring_writer_queue_writes", 0.0,
              "mooring_writer_queue_bytes", 0.0,
              "mooring_sessions_held", 0.0));
      assertThat(scrape().get("mooring_telemetry_ack_seconds_sum")).isPositive();
      assertThat(scrape().get("mooring_database_bytes")).isPositive();
    }
  }

  @Test
  void whatOnlyTheCommitFindsStoredIsARepetitionToo() {
    try (RawDevice device = connect(1, 1, 0)) {
      device.reading(1, 1, yesterday, 1, 2);
      device.awaitAck(1);
    }
    try (RawDevice device = connect(1, 3, yesterday)) {
      device.reading(1, 1, yesterday, 1, 2);
      device.reading(2, 1, yesterday, 1, 2);
      device.awaitAck(2);
    }
    awaitMetrics(
        Map.of(
            ACCEPTED,
            3.0,
            STORED,
            2.0,
            REPEATED + "{found=\"commit\"}",
            1.0,
            REPEATED + "{found=\"session\"}",
            0.0,
            ACKNOWLEDGED,
            3.0,
            TIMED,
            3.0));
  }

  @Test
  void whatIsRefusedSaysWhy() {
    try (RawDevice device = connect(1, 1, 0)) {
      device.reading(1, 1, now, 1, 2, 3);
      assertThat(device.awaitClose().reason()).startsWith("malformed");
    }
    awaitMetrics(Map.of(REFUSED + "{reason=\"malformed\"}", 1.0, ACCEPTED, 0.0));
    database.execute("ALTER TABLE telemetry_batch ADD CHECK (seq <> 2)");
    try (RawDevice device = connect(1, 1, 0)) {
      device.reading(1, 1, now, 1, 2);
      device.reading(2, 1, now, 1, 2);
      device.awaitClose();
    }
    awaitMetrics(Map.of(REFUSED + "{reason=\"database\"}", 1.0, ACCEPTED, 2.0, STORED, 1.0));
  }

  @Test
  void aFullQueueHoldsTheSocketUntilItIsEmpty() {
    try (RawDevice device = connect(1, 1, 0)) {
      device.reading(1, 1, now, 1, 2);
      device.awaitAck(1);
      proxy.cut();
      for (int seq = 2; seq <= 40; seq++) {
        device.reading(seq, 1, now, 1, 2);
      }
      awaitMetrics(
          Map.of(
              "mooring_sessions_held", 1.0,
              "mooring_session_holds_total", 1.0,
              "mooring_writer_queue_limit_bytes", 2_000.0));
      Map<String, Double> full = scrape();
      assertThat(full.get("mooring_writer_queue_bytes")).isGreaterThan(2_000);
      assertThat(full.get("mooring_writer_queue_writes"))
          .isEqualTo(full.getOrDefault(ACCEPTED, 0.0) - 1);
      proxy.restore();
      device.awaitAck(40);
      awaitMetrics(
          Map.of(
              "mooring_sessions_held",
              0.0,
              "mooring_writer_queue_writes",
              0.0,
              "mooring_writer_queue_bytes",
              0.0,
              STORED,
              40.0,
              TIMED,
              40.0));
    }
  }

  /** What an operator pastes must find something. */
  @Test
  void everySeriesThatTheGuideNamesIsThere() throws IOException {
    String document = Files.readString(guide());
    int from = document.indexOf("## What to watch and what to turn");
    assertThat(from).isPositive();
    String section = document.substring(from, document.indexOf("\n## ", from + 1));
    // These two have a series for each reason that has occurred.
    try (RawDevice device = connect(1, 1, 0)) {
      device.reading(1, 9, now, 1);
      device.awaitClose();
    }
    URI socket = URI.create("ws://127.0.0.1:" + hub.port() + "/device");
    assertThatThrownBy(() -> RawDevice.connect(socket, "nobody's")).isNotNull();
    Map<String, Double> scrape = scrape();
    var names = new TreeSet<String>();
    scrape.keySet().forEach(series -> names.add(series.replaceFirst("\\{.*", "")));
    List<String> named =
        all("\\b(?:mooring|jvm|process)_\\w+", section).stream()
            .map(MatchResult::group)
            .filter(name -> !name.startsWith("mooring_tls_")) // only with TLS: see TlsTest
            .toList();
    assertThat(named).hasSizeGreaterThan(20);
    assertThat(named)
        .allMatch(name -> names.contains(name) || names.contains(name + "_count"), "in the scrape");
    assertThat(all("\\b(\\w+)\\{(\\w+=\"[\\w-]+\")}", section))
        .isNotEmpty()
        .allSatisfy(
            match ->
                assertThat(scrape.keySet())
                    .anyMatch(
                        series ->
                            series.startsWith(match.group(1) + "{")
                                && series.contains(match.group(2))));
  }

  private static List<MatchResult> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().toList();
  }

  private static Path guide() {
    Path here = Path.of("docs/OPERATIONS.md");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }
}
