package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Clients that send a request byte by byte, more of them than a hub has room for. */
class SlowClientsTest {
  private static final int ROOM = 20;

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  @AutoClose
  private final Hub hub =
      Hub.start(
          DataPaths.config(
              DataPaths.sockets(new SocketLimits(0, 100, 4, ROOM, ROOM, 100, 60, 0, 0))),
          DATABASE.database(),
          lock);

  private final URI uri = URI.create("ws://127.0.0.1:" + hub.port() + "/device");
  private final String token = token();
  private final List<RawSocket> slow = new ArrayList<>();

  @AfterEach
  void close() {
    slow.forEach(RawSocket::close);
  }

  private static String token() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    return new DeviceTokens(DATABASE.database(), new Random(3), (_, _) -> {})
        .issue(new Sql(DATABASE).device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
        .secret()
        .reveal();
  }

  /** Opens twice as many as there is room for, each of which begins a request and never ends it. */
  private void attack(String begin) {
    for (int i = 0; i < 2 * ROOM; i++) {
      RawSocket socket = RawSocket.open(uri, "", 65_536);
      slow.add(socket);
      trickle(socket, begin);
    }
  }

  /** Whether it is still connected, as far as a write can tell. */
  private static boolean trickle(RawSocket socket, String bytes) {
    try {
      socket.write(bytes.getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private void aDeviceGetsIn() {
    await()
        .ignoreExceptions()
        .until(
            () -> {
              try (RawDevice device = RawDevice.connect(uri, token)) {
                device.hello(5, 1, 1, 0);
                return true;
              } finally {
                slow.forEach(socket -> trickle(socket, "x"));
              }
            });
  }

  private String metrics() {
    try (RawSocket socket = RawSocket.open(uri, "", 65_536)) {
      String head = socket.get("/metrics", "Connection: close\r\n");
      StringBuilder all = new StringBuilder(head);
      for (byte[] more = socket.read(4096); more.length > 0; more = socket.read(4096)) {
        all.append(new String(more, StandardCharsets.UTF_8));
      }
      return all.toString();
    }
  }

  @Test
  void slowHeadersKeepNoDeviceOut() {
    attack("GET /device HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    aDeviceGetsIn();
    assertThat(metrics())
        .containsPattern(
            "mooring_unauthenticated_sockets_closed_total\\{reason=\"[a-z-]*full\"} [1-9]")
        .containsPattern("mooring_unauthenticated_sockets (\\d|1\\d|20)\\.0");
  }

  @Test
  void slowBodiesKeepNoDeviceOut() {
    attack(
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 5000\r\n\r\n{");
    aDeviceGetsIn();
  }

  @Test
  void socketsThatSendNothingKeepNoDeviceOut() {
    attack("");
    aDeviceGetsIn();
  }

  /** Connections of callers who have shown a key are nobody's to take away. */
  @Test
  void whoShowedAKeyKeepsItsConnection() {
    String key =
        new ApiKeys(DATABASE.database(), new Random(4))
            .create("ops", Set.of(Scope.ADMIN), null, null, Actors.ANNA, Instant.now())
            .secret()
            .reveal();
    try (RawSocket caller = RawSocket.open(uri, "", 65_536)) {
      String authorization = "Authorization: Bearer " + key + "\r\n";
      assertThat(caller.get("/api/v1/devices", authorization)).startsWith("HTTP/1.1 200");
      attack("GET / HTTP/1.1\r\nX-Slow: ");
      aDeviceGetsIn();
      assertThat(caller.get("/api/v1/devices", authorization)).startsWith("HTTP/1.1 200");
    }
  }
}
