package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Listen;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawSocket;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that cannot set headers, such as browsers: the token comes in Hello. */
class HelloTokenTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final String PAGE = "https://panel.example.com";
  private static final int MOST = 3;
  private static final byte BINARY = (byte) 0x82;
  private static final byte CLOSE = (byte) 0x88;

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private Hub hub = start(4, false);
  private final Sql sql = new Sql(DATABASE);
  private String token = "";

  @AfterEach
  void stop() {
    hub.close();
  }

  private Hub start(int ofOneDevice, boolean impatient) {
    Listen listen =
        new Listen(
            new Listen.Address("127.0.0.1", 0), null, null, Listen.Proxies.NONE, Set.of(PAGE));
    SocketLimits few = new SocketLimits(0, 100, ofOneDevice, 100, MOST, 100, 60, 0, 0);
    HubConfig config =
        impatient ? DataPaths.impatient(listen) : DataPaths.config(listen, DataPaths.sockets(few));
    return Hub.start(config, DATABASE.database(), lock);
  }

  @BeforeEach
  void device() {
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
    token =
        new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
            .issue(sql.device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
            .secret()
            .reveal();
  }

  private static String upgrade(String more) {
    return RawSocket.upgrade("x")
        .replace("Authorization: Bearer x\r\n", more)
        .replace("mooring.device.v1", "mooring.device.v1, mooring.token-in-hello");
  }

  private RawSocket open() {
    RawSocket socket = RawSocket.open(hub.deviceUri().resolve("/device"), "", 65_536);
    String answer = socket.get("/device", upgrade("Origin: " + PAGE + "\r\n"));
    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("Sec-WebSocket-Protocol: mooring.device.v1\r\n");
    return socket;
  }

  private static byte[] hello(String token) {
    Hello hello = Hello.newBuilder().setAgent("page/1").setToken(token).build();
    return DeviceFrame.newBuilder().setHello(hello).build().toByteArray();
  }

  private static String closeOf(RawSocket socket) {
    byte[] frame = socket.readFrame();
    assertThat(frame[0]).isEqualTo(CLOSE);
    ByteBuffer close = ByteBuffer.wrap(frame, 1, frame.length - 1);
    return close.getShort()
        + " "
        + StandardCharsets.UTF_8.decode(close).toString().split(";", 2)[0];
  }

  @Test
  void aHelloWithTheTokenOpensASessionLikeAnyOther() throws Exception {
    try (RawSocket page = open()) {
      byte[] hello = hello(token);
      page.sendMasked((byte) 0x02, Arrays.copyOf(hello, 20));
      page.sendMasked((byte) 0x80, Arrays.copyOfRange(hello, 20, hello.length));
      byte[] welcome = page.readFrame();
      assertThat(welcome[0]).isEqualTo(BINARY);
      byte[] body = Arrays.copyOfRange(welcome, 1, welcome.length);
      assertThat(HubFrame.parseFrom(body).getWelcome().getEpoch()).isEqualTo(1);
      Heartbeat heartbeat = Heartbeat.newBuilder().setTimeUs(1).build();
      page.sendMasked(
          BINARY, DeviceFrame.newBuilder().setHeartbeat(heartbeat).build().toByteArray());
      assertThat(page.readFrame()[0]).isEqualTo(BINARY);
      assertThat(sql.text("SELECT state FROM presence")).isEqualTo("online");
    }
    await().until(() -> sql.text("SELECT state FROM presence").equals("offline"));
  }

  @Test
  void aWrongTokenClosesWithItsOwnCode() {
    for (String wrong : new String[] {"", "mrd_x", token + "0", unknown()}) {
      try (RawSocket page = open()) {
        page.sendMasked(BINARY, hello(wrong));
        assertThat(closeOf(page)).as(wrong).isEqualTo("4402 token-refused");
      }
    }
    DATABASE.execute("UPDATE device SET enabled = false");
    try (RawSocket page = open()) {
      page.sendMasked(BINARY, hello(token));
      assertThat(closeOf(page)).isEqualTo("4401 device-disabled");
    }
    assertThat(sql.number("SELECT count(*) FROM session")).isZero();
  }

  /** Of the right form, and nobody's. */
  private static String unknown() {
    return Secret.random(Secret.Kind.DEVICE_TOKEN, new Random(4)).reveal();
  }

  @Test
  void littleTimeUntilThen() {
    hub.close();
    hub = start(4, true);
    try (RawSocket silent = open()) {
      assertThat(closeOf(silent)).isEqualTo("4201 hello-timeout");
      assertThat(silent.readToEnd()).isTrue();
    }
  }

  @Test
  void fewBytesUntilThen() {
    try (RawSocket large = open();
        RawSocket fragments = open()) {
      large.sendMasked(BINARY, new byte[1025]);
      assertThat(closeOf(large)).isEqualTo("4209 frame-too-large");
      fragments.sendMasked((byte) 0x02, new byte[1000]);
      fragments.sendMasked((byte) 0x00, new byte[25]);
      assertThat(closeOf(fragments)).isEqualTo("4209 frame-too-large");
    }
    try (RawSocket text = open();
        RawSocket ping = open()) {
      text.sendMasked((byte) 0x81, hello(token));
      assertThat(closeOf(text)).isEqualTo("4210 unsupported");
      ping.sendMasked((byte) 0x89, new byte[1]);
      assertThat(closeOf(ping)).isEqualTo("4208 out-of-order");
    }
  }

  @Test
  void fewSocketsFromOneAddressUntilThen() {
    List<RawSocket> waiting = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      waiting.add(open());
    }
    String upgrade = upgrade("Origin: " + PAGE + "\r\n");
    try (RawSocket more = RawSocket.open(hub.deviceUri(), "", 65_536)) {
      assertThat(more.get("/device", upgrade)).startsWith("HTTP/1.1 429 ");
    }
    waiting.getFirst().sendMasked(BINARY, hello(token));
    assertThat(waiting.getFirst().readFrame()[0]).isEqualTo(BINARY);
    try (RawSocket next = open()) {
      next.sendMasked(BINARY, hello(token));
      assertThat(next.readFrame()[0]).isEqualTo(BINARY);
    }
    waiting.forEach(RawSocket::close);
  }

  /** Only by the token it is known whose socket it is, and so whether it is one too many. */
  @Test
  void fewSocketsOfOneDevice() {
    hub.close();
    hub = start(1, false);
    try (RawSocket first = open();
        RawSocket second = open()) {
      first.sendMasked(BINARY, hello(token));
      assertThat(first.readFrame()[0]).isEqualTo(BINARY);
      second.sendMasked(BINARY, hello(token));
      assertThat(closeOf(second)).isEqualTo("4204 rate-limited");
    }
  }

  @Test
  void onlyNamedPagesAndOnlyWhoAsksForIt() {
    for (String headers :
        new String[] {
          upgrade("Origin: https://evil.example.com\r\n"), upgrade("Origin: null\r\n")
        }) {
      try (RawSocket page = RawSocket.open(hub.deviceUri(), "", 65_536)) {
        assertThat(page.get("/device", headers)).startsWith("HTTP/1.1 403 ");
      }
    }
    String unasked = upgrade("").replace(", mooring.token-in-hello", "");
    try (RawSocket device = RawSocket.open(hub.deviceUri(), "", 65_536)) {
      assertThat(device.get("/device", unasked)).startsWith("HTTP/1.1 401 ");
    }
    try (RawSocket device = RawSocket.open(hub.deviceUri(), "", 65_536)) {
      assertThat(device.get("/device", upgrade(""))).startsWith("HTTP/1.1 101 ");
    }
  }
}
