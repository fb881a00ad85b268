package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Limits;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Many devices whose tokens are looked up at the same time, at hubs with room for two. */
class HandshakeRoomTest {
  /** Look-ups of handshakes; the hub reads tokens for other reasons too, now and then. */
  private static final String WAITING =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
          + " AND datname = current_database() AND query LIKE '%secret_hash%'";

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private final Sql sql = new Sql(DATABASE);

  private String token() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    return new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
        .issue(sql.device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
        .secret()
        .reveal();
  }

  /** All of them found room when they came. */
  @Test
  void noMoreComeInThanThereIsRoomFor() {
    assertThat(answers(DataPaths.connections(2))).containsOnly(entry(101, 2), entry(503, 18));
  }

  @Test
  void anAddressHasNoMoreThanItsConnections() {
    SocketLimits two = new SocketLimits(0, 2, 100, 1_000, 1_000, 100, 60, 0, 0);
    assertThat(answers(DataPaths.sockets(two))).containsOnly(entry(101, 2), entry(429, 18));
  }

  @Test
  void aDeviceHasNoMoreThanItsConnections() {
    SocketLimits two = new SocketLimits(0, 100, 2, 1_000, 1_000, 100, 60, 0, 0);
    assertThat(answers(DataPaths.sockets(two))).containsOnly(entry(101, 2), entry(429, 18));
  }

  /** What 20 handshakes at a time are answered, by status. */
  private Map<Integer, Integer> answers(Limits limits) {
    String token = token();
    try (Hub hub = Hub.start(DataPaths.config(limits), DATABASE.database(), lock)) {
      URI device = URI.create("ws://127.0.0.1:" + hub.port() + "/device");
      List<RawSocket> sockets =
          IntStream.range(0, 20).mapToObj(_ -> RawSocket.open(device, token, 65_536)).toList();
      handshakeTogether(token, sockets);
      Map<Integer, Integer> answers = new TreeMap<>();
      for (RawSocket socket : sockets) {
        String status = new String(socket.read(12), StandardCharsets.US_ASCII).substring(9);
        answers.merge(Integer.valueOf(status), 1, Integer::sum);
      }
      sockets.forEach(RawSocket::close);
      return answers;
    }
  }

  private void handshakeTogether(String token, List<RawSocket> sockets) {
    byte[] handshake =
        ("GET /device HTTP/1.1\r\nHost: test\r\n" + RawSocket.upgrade(token) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    DATABASE
        .database()
        .transaction(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("LOCK TABLE device_token IN ACCESS EXCLUSIVE MODE");
              }
              sockets.forEach(socket -> socket.write(handshake));
              await().until(() -> sql.number(WAITING) >= 1);
              return sockets;
            });
  }
}
