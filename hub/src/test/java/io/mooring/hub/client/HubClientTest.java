package io.mooring.hub.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mooring.hub.testing.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told when no answer comes. */
class HubClientTest {
  @TempDir Path dir;

  @Test
  void aCertificateThatIsNotTrustedIsNotTakenForAHubThatIsDown() throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(new TestCertificates(dir).issue("hub").server("hub")));
    server.start();
    URI hub = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    try (HubClient client = new HubClient(hub, "mrk_key")) {
      assertThatThrownBy(() -> client.get("/api/v1/devices"))
          .isInstanceOf(HubRefusal.class)
          .hasMessageContaining("certificate of the hub at " + hub + " is not trusted")
          .hasMessageContaining("trustStorePassword")
          .hasMessageNotContaining("Is it running?");
    } finally {
      server.stop(0);
    }
    try (HubClient client = new HubClient(hub, "mrk_key")) {
      assertThatThrownBy(() -> client.get("/api/v1/devices"))
          .isInstanceOf(HubRefusal.class)
          .hasMessageContaining("Is it running?");
    }
  }
}
