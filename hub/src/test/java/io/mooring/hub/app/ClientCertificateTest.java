package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Listen;
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
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that prove themselves by a certificate, in real TLS with a whole hub. */
class ClientCertificateTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final byte BINARY = (byte) 0x82;
  private static final byte CLOSE = (byte) 0x88;
  private static @Nullable TestCertificates made;

  @TempDir private static Path dir;

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private final Sql sql = new Sql(DATABASE);
  private final TestCertificates certificates = certificates();
  private Hub hub = start(Limits.DEFAULTS);
  private final String key =
      new ApiKeys(DATABASE.database(), new Random())
          .create("k", Set.of(Scope.DEVICES_WRITE), null, null, Actors.ANNA, Instant.now())
          .secret()
          .reveal();

  private static TestCertificates certificates() {
    TestCertificates once = made;
    if (once == null) {
      once =
          new TestCertificates(dir)
              .issue("hub")
              .issue("factory")
              .issueSigned("pump", "factory")
              .issueSigned("valve", "factory")
              .issue("stranger");
      made = once;
    }
    return once;
  }

  private Hub start(Limits limits) {
    Listen.Tls tls =
        new Listen.Tls(
            certificates.certificateFile("hub"),
            certificates.keyFile("hub"),
            certificates.certificateFile("factory"));
    Listen.Address any = new Listen.Address("127.0.0.1", 0);
    Listen listen = new Listen(any, any, tls, Listen.Proxies.NONE, Set.of());
    return Hub.start(DataPaths.config(listen, limits), DATABASE.database(), lock);
  }

  @BeforeEach
  void devices() {
    DATABASE.execute("TRUNCATE device, command, event, session, audit CASCADE");
    var _ = sql.device("pump");
    var _ = sql.device("valve");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** The status line of a handshake by this certificate. */
  private String handshake(RawSocket socket, @Nullable String certificate, String headers) {
    socket.tls(certificates.client(certificate, "hub"));
    return socket.get("/device", headers).lines().findFirst().orElse("");
  }

  private RawSocket socket() {
    return RawSocket.open(hub.deviceUri(), "", 65_536);
  }

  private static String withoutToken() {
    return RawSocket.upgrade("x").replace("Authorization: Bearer x\r\n", "");
  }

  private static void open(RawSocket device) {
    Hello hello = Hello.newBuilder().setAgent("raw/1").build();
    device.sendMasked(BINARY, DeviceFrame.newBuilder().setHello(hello).build().toByteArray());
    assertThat(device.readFrame()[0]).isEqualTo(BINARY);
  }

  private HttpResponse<String> api(String method, String path, String body) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(certificates.trusting("hub")).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(hub.uri() + "/api/v1/devices/" + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .header("Authorization", "Bearer " + key)
              .header("Content-Type", "application/json")
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private String fingerprint(String name) {
    return sql.text(
        "SELECT encode(sha256('\\x"
            + HexFormat.of().formatHex(encoded(name))
            + "'::bytea), 'hex')");
  }

  private byte[] encoded(String name) {
    try {
      return certificates.certificate(name).getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void bind(String device, String certificate) throws Exception {
    String body = "{\"fingerprint\":\"" + fingerprint(certificate) + "\"}";
    assertThat(api("POST", device + "/certificates", body).statusCode()).isEqualTo(201);
  }

  @Test
  void aBoundCertificateOpensSessionsUntilItIsRemoved() throws Exception {
    try (RawSocket device = socket()) {
      assertThat(handshake(device, "pump", withoutToken())).startsWith("HTTP/1.1 401 ");
    }
    bind("pump", "pump");
    try (RawSocket device = socket()) {
      assertThat(handshake(device, "pump", withoutToken())).startsWith("HTTP/1.1 101 ");
      open(device);
      assertThat(sql.text("SELECT d.id FROM presence p JOIN device d ON d.key = p.device_key"))
          .isEqualTo("pump");
      String colons = fingerprint("pump").toUpperCase(Locale.ROOT).replaceAll("..(?!$)", "$0:");
      assertThat(api("DELETE", "pump/certificates/" + colons, "").statusCode()).isEqualTo(204);
      byte[] close = device.readFrame();
      assertThat(close[0]).isEqualTo(CLOSE);
      assertThat(ByteBuffer.wrap(close, 1, 2).getShort()).isEqualTo((short) 4400);
    }
    try (RawSocket device = socket()) {
      assertThat(handshake(device, "pump", withoutToken())).startsWith("HTTP/1.1 401 ");
    }
    assertThat(sql.text("SELECT string_agg(action, ' ' ORDER BY id) FROM audit"))
        .isEqualTo("certificate.add certificate.remove");
  }

  /** As with tokens: whoever comes in one moment too many is told when to come back. */
  @Test
  void noMoreHandshakesThanTheNodeTakes() throws Exception {
    hub.close();
    hub = start(DataPaths.sockets(new SocketLimits(1, 100, 4, 100, 100, 100, 60, 0, 0)));
    bind("pump", "pump");
    try (RawSocket first = socket();
        RawSocket second = socket()) {
      List<RawSocket> both = List.of(first, second);
      both.forEach(socket -> socket.tls(certificates.client("pump", "hub")));
      assertThat(
              both.stream().map(socket -> socket.get("/device", withoutToken()).substring(9, 12)))
          .containsExactly("101", "503");
    }
  }

  @Test
  void oneCertificateIsOneDevice() throws Exception {
    bind("pump", "pump");
    String body = "{\"fingerprint\":\"" + fingerprint("pump") + "\"}";
    HttpResponse<String> again = api("POST", "valve/certificates", body);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("certificate-bound");
    assertThat(api("DELETE", "valve/certificates/" + fingerprint("pump"), "").statusCode())
        .isEqualTo(404);
    try (RawSocket device = socket()) {
      assertThat(handshake(device, "valve", withoutToken())).startsWith("HTTP/1.1 401 ");
    }
    DATABASE.execute("UPDATE device SET enabled = false WHERE id = 'pump'");
    try (RawSocket device = socket()) {
      assertThat(handshake(device, "pump", withoutToken())).startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void whoIsNotSignedForDoesNotComeSoFar() throws Exception {
    bind("pump", "stranger");
    try (RawSocket device = socket()) {
      assertThatThrownBy(() -> handshake(device, "stranger", withoutToken()))
          // An alert, or the end of the connection, whichever is seen first.
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(sql.number("SELECT count(*) FROM session")).isZero();
  }

  @Test
  void aTokenWorksWithACertificateAndWithout() {
    String token =
        new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
            .issue(
                (int) sql.number("SELECT key FROM device WHERE id = 'valve'"),
                "",
                Instant.EPOCH,
                null,
                Actors.ANNA,
                Instant.now())
            .secret()
            .reveal();
    for (String certificate : new String[] {"pump", null}) {
      try (RawSocket device = socket()) {
        assertThat(handshake(device, certificate, RawSocket.upgrade(token)))
            .startsWith("HTTP/1.1 101 ");
      }
    }
    try (RawSocket device = socket()) {
      assertThat(handshake(device, null, withoutToken())).startsWith("HTTP/1.1 401 ");
    }
  }
}
