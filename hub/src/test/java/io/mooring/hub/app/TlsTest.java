package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Listen;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestCertificates;
import io.mooring.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole hub that speaks https and wss, over real sockets. */
class TlsTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  @TempDir private Path dir;

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private TestCertificates certificates;
  private final Sql sql = new Sql(DATABASE);

  @BeforeEach
  void clean() {
    certificates = new TestCertificates(dir);
    DATABASE.execute("TRUNCATE device, command, event, session CASCADE");
  }

  private Hub start() {
    Path certificate = certificates.certificateFile("one", "hub.crt");
    Path key = certificates.keyFile("one", "hub.key");
    Listen listen =
        new Listen(
            new Listen.Address("127.0.0.1", 0),
            null,
            new Listen.Tls(certificate, key, null),
            Listen.Proxies.NONE,
            Set.of());
    return Hub.start(DataPaths.config(listen), DATABASE.database(), lock);
  }

  private static HttpResponse<String> get(Hub hub, String path, SSLContext tls, String... versions)
      throws IOException, InterruptedException {
    SSLParameters parameters = new SSLParameters();
    if (versions.length > 0) {
      parameters.setProtocols(versions);
    }
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(tls).sslParameters(parameters).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(hub.uri() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static List<Certificate> shown(HttpResponse<String> answer) throws Exception {
    SSLSession session = answer.sslSession().orElseThrow();
    return List.of(session.getPeerCertificates());
  }

  private static String metric(Hub hub, String name, SSLContext tls) throws Exception {
    return get(hub, "/metrics", tls)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("none");
  }

  private String token() {
    return new DeviceTokens(DATABASE.database(), new Random(3), (device, id) -> {})
        .issue(sql.device("d"), "", Instant.EPOCH, null, Actors.ANNA, Instant.now())
        .secret()
        .reveal();
  }

  @Test
  void answersOverTls12And13Only() throws Exception {
    certificates.issue("one");
    SSLContext tls = certificates.trusting("one");
    try (Hub hub = start()) {
      assertThat(hub.uri().toString()).startsWith("https://127.0.0.1:");
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        HttpResponse<String> answer = get(hub, "/health/live", tls, version);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(version);
        assertThat(get(hub, "/", tls, version).headers().map())
            .containsKey("strict-transport-security");
      }
      assertThatThrownBy(() -> get(hub, "/health/live", SSLContext.getDefault()))
          .isInstanceOf(SSLHandshakeException.class);
      URI plain = URI.create("http://127.0.0.1:" + hub.port() + "/health/live");
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertThatThrownBy(
                () ->
                    client.send(
                        HttpRequest.newBuilder(plain).build(),
                        HttpResponse.BodyHandlers.discarding()))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void takesOverANewCertificateAndKeepsOpenSessions() throws Exception {
    certificates.issue("one").issue("two").issueExpired("expired");
    SSLContext tls = certificates.trusting("one", "two");
    try (Hub hub = start()) {
      URI uri = URI.create("wss://127.0.0.1:" + hub.port() + "/device");
      try (RawDevice device = RawDevice.connect(uri, token(), tls)) {
        device.hello(5, 1, 1, 0);
        device.layout(1, "t");
        assertThat(shown(get(hub, "/", tls))).containsExactly(certificates.certificate("one"));

        var _ = certificates.keyFile("two", "hub.key");
        await().until(() -> metric(hub, "mooring_tls_files_broken", tls).equals("1.0"));
        assertThat(shown(get(hub, "/", tls))).containsExactly(certificates.certificate("one"));

        // Back, so that it is seen that the next ones are looked at and not taken.
        var _ = certificates.keyFile("one", "hub.key");
        await().until(() -> metric(hub, "mooring_tls_files_broken", tls).equals("0.0"));
        var _ = certificates.keyFile("expired", "hub.key");
        var _ = certificates.certificateFile("expired", "hub.crt");
        await().until(() -> metric(hub, "mooring_tls_files_broken", tls).equals("1.0"));
        assertThat(shown(get(hub, "/", tls))).containsExactly(certificates.certificate("one"));

        var _ = certificates.keyFile("two", "hub.key");
        var _ = certificates.certificateFile("two", "hub.crt");
        await()
            .untilAsserted(
                () ->
                    assertThat(shown(get(hub, "/", tls)))
                        .containsExactly(certificates.certificate("two")));
        await().until(() -> metric(hub, "mooring_tls_files_broken", tls).equals("0.0"));
        double expires = certificates.certificate("two").getNotAfter().toInstant().getEpochSecond();
        assertThat(
                Double.parseDouble(
                    metric(hub, "mooring_tls_certificate_expiry_timestamp_seconds", tls)))
            .isEqualTo(expires);

        device.reading(1, 1, Instant.now().getEpochSecond() * 1_000_000, 20.5);
        device.awaitAck(1);
      }
    }
  }
}
