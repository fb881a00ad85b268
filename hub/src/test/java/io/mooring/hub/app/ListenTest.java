package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Listen;
import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestCertificates;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole hub: which port answers what, and whom it believes where its devices are. */
class ListenTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Listen.Address ANY = new Listen.Address("127.0.0.1", 0);
  private static final byte BINARY = (byte) 0x82;

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private final Sql sql = new Sql(DATABASE);
  private String token = "";

  @BeforeEach
  void device() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    token =
        new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
            .issue(sql.device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
            .secret()
            .reveal();
  }

  private Hub start(Listen listen) {
    return Hub.start(DataPaths.config(listen), DATABASE.database(), lock);
  }

  private Hub behind(String proxies, Listen.@Nullable Tls tls) {
    Listen.Proxies trusted = new Listen.Proxies(Networks.parse(proxies), true, false);
    return start(new Listen(ANY, null, tls, trusted, Set.of()));
  }

  private static int status(URI base, String path) throws Exception {
    URI http = URI.create(base.toString().replaceFirst("^ws", "http") + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(http).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private RawSocket socket(URI at) {
    return RawSocket.open(at.resolve("/device"), token, 65_536);
  }

  /** Where the hub says that the device's newest session comes from. */
  private String addressOfSession(RawSocket device) {
    Hello hello = Hello.newBuilder().setAgent("raw/1").build();
    device.sendMasked(BINARY, DeviceFrame.newBuilder().setHello(hello).build().toByteArray());
    assertThat(device.readFrame()[0]).isEqualTo(BINARY);
    return sql.text("SELECT address FROM session ORDER BY epoch DESC LIMIT 1");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Version 2: TCP over IPv4 from 192.0.2.7:4660. */
  private static byte[] version2() {
    return ByteBuffer.allocate(28)
        .put(ascii("\r\n\r\n\0\r\nQUIT\n"))
        .put(new byte[] {0x21, 0x11, 0, 12})
        .put(new byte[] {(byte) 192, 0, 2, 7, 127, 0, 0, 1, 0x12, 0x34, 0x1b, (byte) 0x9e})
        .array();
  }

  @Test
  void anOperatorsPortOfItsOwnLeavesDevicesOnlyTheirs() throws Exception {
    try (Hub hub = start(new Listen(ANY, ANY, null, Listen.Proxies.NONE, Set.of()))) {
      assertThat(hub.deviceUri().getPort()).isNotEqualTo(hub.uri().getPort());
      for (String path : new String[] {"/", "/metrics", "/api/openapi.yaml", "/api/v1/devices"}) {
        assertThat(status(hub.deviceUri(), path)).as(path).isEqualTo(404);
        assertThat(status(hub.uri(), path)).as(path).isNotEqualTo(404);
      }
      for (URI port : new URI[] {hub.uri(), hub.deviceUri()}) {
        assertThat(status(port, "/health/live")).isEqualTo(200);
      }
      // New devices enrol where they will connect; it takes a POST.
      assertThat(status(hub.deviceUri(), "/api/v1/enrol")).isEqualTo(405);
      assertThat(status(hub.uri(), "/device")).isEqualTo(404);
      assertThat(status(hub.deviceUri(), "/device")).isEqualTo(426);
      try (RawSocket device = socket(hub.deviceUri())) {
        device.handshake();
      }
      try (RawSocket device = socket(hub.uri())) {
        assertThat(device.get("/device", RawSocket.upgrade(token))).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  /** As who scrapes metrics, or asks for the hub's health, over one connection for days. */
  @Test
  void whoAsksAtAnOperatorsPortIsNotTheOneLongestSilent() {
    Listen listen = new Listen(ANY, ANY, null, Listen.Proxies.NONE, Set.of());
    Limits limits = DataPaths.sockets(new SocketLimits(0, 100, 4, 2, 2, 100, 60, 0, 0));
    try (Hub hub = Hub.start(DataPaths.config(listen, limits), DATABASE.database(), lock);
        RawSocket asking = RawSocket.open(hub.uri(), "", 65_536);
        RawSocket silent = RawSocket.open(hub.uri(), "", 65_536)) {
      CompletableFuture<Boolean> cut = CompletableFuture.supplyAsync(silent::readToEnd);
      await()
          .until(
              () -> {
                assertThat(asking.get("/health/live", "")).startsWith("HTTP/1.1 200 ");
                RawSocket.open(hub.uri(), "", 65_536).close();
                return cut.isDone();
              });
      assertThat(asking.get("/health/live", "")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aTrustedProxyTellsByItsProtocolWhoseBytesItPassesOn() {
    try (Hub hub = behind("127.0.0.1", null)) {
      byte[] version1 = ascii("PROXY TCP4 192.0.2.7 127.0.0.1 4660 7070\r\n");
      for (byte[] header : new byte[][] {version1, version2()}) {
        try (RawSocket device = socket(hub.deviceUri())) {
          device.write(header);
          device.handshake();
          assertThat(addressOfSession(device)).isEqualTo("192.0.2.7");
        }
      }
      // Without a header it speaks for itself; what the client adds to HTTP is not its word.
      try (RawSocket device = socket(hub.deviceUri())) {
        device.handshake();
        assertThat(addressOfSession(device)).isEqualTo("127.0.0.1");
      }
      try (RawSocket device = socket(hub.deviceUri())) {
        device.write(version1);
        String headers = RawSocket.upgrade(token) + "X-Forwarded-For: 192.0.2.99\r\n";
        assertThat(device.get("/device", headers)).startsWith("HTTP/1.1 101 ");
        assertThat(addressOfSession(device)).isEqualTo("192.0.2.7");
      }
    }
  }

  @Test
  void nobodyElseMayUseThatProtocol() {
    try (Hub hub = behind("10.0.0.0/8", null);
        RawSocket device = socket(hub.deviceUri())) {
      device.write(ascii("PROXY TCP4 192.0.2.7 127.0.0.1 4660 7070\r\n"));
      assertThat(device.get("/device", RawSocket.upgrade(token))).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void itsProtocolComesBeforeTls(@TempDir Path dir) {
    TestCertificates certificates = new TestCertificates(dir).issue("one");
    Listen.Tls tls =
        new Listen.Tls(certificates.certificateFile("one"), certificates.keyFile("one"), null);
    try (Hub hub = behind("127.0.0.1", tls);
        RawSocket device = socket(hub.deviceUri())) {
      device.write(version2());
      device.tls(certificates.trusting("one"));
      device.handshake();
      assertThat(addressOfSession(device)).isEqualTo("192.0.2.7");
    }
  }

  @Test
  void forwardedHeadersOfATrustedProxyCountForDevicesToo() {
    for (String trusted : new String[] {"127.0.0.1", "10.0.0.0/8"}) {
      try (Hub hub = behind(trusted, null);
          RawSocket device = socket(hub.deviceUri())) {
        String headers = RawSocket.upgrade(token) + "X-Forwarded-For: 192.0.2.1, 192.0.2.7\r\n";
        assertThat(device.get("/device", headers)).startsWith("HTTP/1.1 101 ");
        assertThat(addressOfSession(device))
            .isEqualTo(trusted.startsWith("127") ? "192.0.2.7" : "127.0.0.1");
      }
    }
  }
}
