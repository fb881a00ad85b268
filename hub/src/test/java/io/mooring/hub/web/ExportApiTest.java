package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportApiTest {
  private static final String PATH = "/api/v1/devices/pump-7/telemetry/export";
  private static final String LONG = "/api/v1/devices/logger-1/telemetry/export";
  private static final int MANY = 25_000;
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.with(Scope.TELEMETRY_READ);

  @BeforeAll
  static void readings() {
    int pump = HUB.device("pump-7");
    int logger = HUB.device("logger-1");
    HUB.database.execute(
        "INSERT INTO layout (digest, metrics, types) VALUES ('1', ARRAY['temp','blob'], ARRAY['number','bytes'])",
        "INSERT INTO layout (digest, metrics, types) VALUES ('2', ARRAY['state, \"of\" it'], ARRAY['text'])",
        "INSERT INTO layout (digest, metrics, types) VALUES ('3', ARRAY['n'], ARRAY['integer'])",
        "INSERT INTO device_layout VALUES (%1$d, 1), (%1$d, 2), (%2$d, 3)".formatted(pump, logger),
        ("INSERT INTO telemetry_batch VALUES (%d, 1, '2026-11-22T09:59:00Z', 1, 1,"
                + " '2026-11-22T09:59:02Z', NULL, false, 3, ARRAY[0,1000000,1000000],"
                + " ARRAY[1.5, 2.5, 'NaN'], NULL, NULL, NULL,"
                + " ARRAY['\\x01','\\x02','\\x03']::bytea[])")
            .formatted(pump),
        ("INSERT INTO telemetry_batch VALUES (%d, 2, '2026-11-22T09:59:01Z', 1, 2,"
                + " '2026-11-22T09:59:02Z', NULL, false, 2, ARRAY[0,1000000],"
                + " NULL, NULL, NULL, ARRAY['a \"b\", c', 'plain'], NULL)")
            .formatted(pump),
        // 25 batches of 1 000 readings, one each 10 ms.
        ("INSERT INTO telemetry_batch SELECT %d, 3, '2026-11-22T09:30:00Z'::timestamptz + b * interval '10 s', 1, b,"
                + " '2026-11-22T09:59:02Z', NULL, false, 1000,"
                + " (SELECT array_agg(i * 10000 ORDER BY i) FROM generate_series(0, 999) i),"
                + " NULL, (SELECT array_agg((b * 1000 + i)::int8 ORDER BY i) FROM generate_series(0, 999) i),"
                + " NULL, NULL, NULL FROM generate_series(0, 24) b")
            .formatted(logger));
  }

  @Test
  void aTableWithAColumnAMetric() {
    var csv = api.get(PATH);

    assertThat(csv.status()).isEqualTo(200);
    assertThat(csv.header("Content-Type")).startsWith("text/csv");
    assertThat(csv.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"pump-7-2026-11-22T090000Z.csv\"");
    assertThat(csv.response().body())
        .isEqualTo(
            """
            time,blob,"state, ""of"" it",temp
            2026-11-22T09:59:00Z,AQ==,,1.5
            2026-11-22T09:59:01Z,Ag==,"a ""b"", c",2.5
            2026-11-22T09:59:01Z,Aw==,,
            2026-11-22T09:59:02Z,,plain,
            """
                .replace("\n", "\r\n"));
  }

  @Test
  void anObjectALine() {
    var lines = api.get(PATH + "?format=ndjson&metric=temp&metric=blob").response().body();

    assertThat(lines)
        .isEqualTo(
            """
            {"time":"2026-11-22T09:59:00Z","values":{"blob":"AQ==","temp":1.5}}
            {"time":"2026-11-22T09:59:01Z","values":{"blob":"Ag==","temp":2.5}}
            {"time":"2026-11-22T09:59:01Z","values":{"blob":"Aw==","temp":null}}
            """);
  }

  @Test
  void everyReadingOnceHoweverMany() {
    List<String> rows = api.get(LONG).response().body().lines().skip(1).toList();

    assertThat(rows).hasSize(MANY);
    Instant begin = Instant.parse("2026-11-22T09:30:00Z");
    for (int i = 0; i < MANY; i++) {
      assertThat(rows.get(i)).isEqualTo(begin.plusMillis(10L * i) + "," + i);
    }
  }

  @Test
  void aRangeWithoutReadingsIsATableWithoutRows() {
    assertThat(api.get(PATH + "?metric=temp&to=2026-11-22T09:00:00Z").response().body())
        .isEqualTo("time,temp\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'?format=xml',                        400, '?format'",
    "'?from=2026-11-23T00:00:00Z',         400, '?from'",
    "'?bucket=PT1M',                       400, '?bucket'",
    "'?metric=tmep',                       404, ''",
  })
  void badQueriesAreRefused(String query, int status, String pointer) {
    var refused = api.get(PATH + query);

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.header("Content-Type")).isEqualTo(Problem.MEDIA_TYPE);
    assertThat(refused.header("Content-Disposition")).isEmpty();
    if (!pointer.isEmpty()) {
      refused.isRefused(status, pointer);
    }
  }

  /** A hub with one device, whose export is more than two sockets' buffers hold. */
  private static TestHub large() {
    TestHub hub = new TestHub(TestHub.limits(1, 1));
    int key = hub.device("pump-7");
    hub.database.execute(
        "INSERT INTO layout (digest, metrics, types) VALUES ('1', ARRAY['log'], ARRAY['text'])",
        "INSERT INTO device_layout VALUES (%d, 1)".formatted(key),
        ("INSERT INTO telemetry_batch SELECT %d, 1, '2026-11-22T09:30:00Z'::timestamptz + b * interval '10 s', 1, b,"
                + " '2026-11-22T09:59:02Z', NULL, false, 1000,"
                + " (SELECT array_agg(i * 10000 ORDER BY i) FROM generate_series(0, 999) i),"
                + " NULL, NULL, NULL, array_fill(repeat('x', 4000), ARRAY[1000]), NULL FROM generate_series(0, 9) b")
            .formatted(key));
    return hub;
  }

  /** Begins an export of it and reads no further than the status. */
  private static Socket slowly(Api reader) throws IOException {
    URI base = URI.create(reader.base());
    Socket slow = new Socket();
    slow.setReceiveBufferSize(4096);
    slow.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String request =
        "GET %s HTTP/1.1\r\nHost: hub\r\nAuthorization: %s\r\n\r\n"
            .formatted(PATH, reader.headers().get("Authorization"));
    slow.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    assertThat(slow.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
    return slow;
  }

  /** However slowly it is read; and the reader sees that it is not all. */
  @Test
  void endsWithTheRightToReadIt() throws Exception {
    try (TestHub hub = large()) {
      Api reader = hub.with(Scope.TELEMETRY_READ);
      try (Socket slow = slowly(reader)) {
        hub.revokeAllKeys();
        // Its place is free again, though nobody has read on.
        Api other = hub.with(Scope.TELEMETRY_READ);
        await().until(() -> other.get(PATH + "?to=2026-11-22T09:00:00Z").status() == 200);
        slow.setSoTimeout(20_000);
        byte[] rest = readWhatIsThere(slow);
        assertThat(rest.length).isLessThan(40_000_000);
        assertThat(new String(rest, StandardCharsets.US_ASCII))
            .as("the last chunk")
            .doesNotEndWith("\r\n0\r\n\r\n");
      }
    }
  }

  private static byte[] readWhatIsThere(Socket socket) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(read);
    } catch (SocketException _) {
      // a reset is the end, too
    }
    return read.toByteArray();
  }

  /** Each holds pages in memory, for as long as its reader takes. */
  @Test
  void oneExportTooManyIsAskedToComeAgain() throws Exception {
    try (TestHub hub = large()) {
      Api reader = hub.with(Scope.TELEMETRY_READ);
      try (Socket _ = slowly(reader)) {
        var refused = reader.get(PATH);
        refused.isRefused(503, "");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(refused.json().at("/detail").asString()).contains("limits.exports");
      }
      await().until(() -> reader.get(PATH + "?to=2026-11-22T09:00:00Z").status() == 200);
    }
  }
}
