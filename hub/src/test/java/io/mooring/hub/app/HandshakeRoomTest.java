package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Many devices whose tokens are looked up at the same time, at a hub with room for two. */
class HandshakeRoomTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  @AutoClose
  private final Hub hub =
      Hub.start(DataPaths.config(DataPaths.connections(2)), DATABASE.database(), lock);

  private final Sql sql = new Sql(DATABASE);

  private String token() {
    return new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
        .issue(sql.device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
        .secret()
        .reveal();
  }

  /** All of them found room when they came. */
  @Test
  void noMoreComeInThanThereIsRoomFor() {
    String token = token();
    URI device = URI.create("ws://127.0.0.1:" + hub.port() + "/device");
    byte[] handshake =
        ("GET /device HTTP/1.1\r\nHost: test\r\n" + RawSocket.upgrade(token) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    List<RawSocket> sockets =
        IntStream.range(0, 20).mapToObj(_ -> RawSocket.open(device, token, 65_536)).toList();
    DATABASE
        .database()
        .transaction(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("LOCK TABLE device_token IN ACCESS EXCLUSIVE MODE");
              }
              sockets.forEach(socket -> socket.write(handshake));
              await()
                  .until(
                      () ->
                          sql.number(
                                  "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                      + " AND datname = current_database()")
                              == 1);
              return sockets;
            });
    List<String> answers = new ArrayList<>();
    for (RawSocket socket : sockets) {
      answers.add(new String(socket.read(12), StandardCharsets.US_ASCII));
    }
    sockets.forEach(RawSocket::close);
    assertThat(answers).filteredOn("HTTP/1.1 101"::equals).hasSize(2);
    assertThat(answers).filteredOn("HTTP/1.1 503"::equals).hasSize(18);
  }
}
