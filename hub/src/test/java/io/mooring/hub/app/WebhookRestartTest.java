package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Networks;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A whole hub that ends and starts while things happen: its webhook misses none of them. */
class WebhookRestartTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final TestDatabase database = TestDatabase.create();
  private final Sql sql = new Sql(database);
  private final Set<Long> told = new ConcurrentSkipListSet<>();
  private final HttpServer endpoint = endpoint();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String key =
      new ApiKeys(database.database(), new SecureRandom())
          .create("test", Set.of(Scope.ADMIN), null, null, Actors.ANNA, Instant.EPOCH)
          .secret()
          .reveal();
  private NodeLock lock;
  private Hub hub;

  WebhookRestartTest() {
    start();
  }

  private void start() {
    lock = NodeLock.take(database.database(), "webhooks", new Random());
    hub = Hub.start(config(), database.database(), lock);
  }

  @AfterEach
  void stop() {
    hub.close();
    lock.close();
    endpoint.stop(0);
    http.close();
    database.close();
  }

  private static HubConfig config() {
    HubConfig usual = DataPaths.patientConfig();
    WebhookConfig webhooks =
        new WebhookConfig(1, 4, 10, Networks.parse("127.0.0.0/8"), 7, Duration.ofDays(3));
    return new HubConfig(
        usual.listen(),
        usual.node(),
        usual.data(),
        null,
        usual.heartbeatInterval(),
        usual.helloTimeout(),
        false,
        usual.shutdownTimeout(),
        0,
        0,
        0,
        usual.access(),
        webhooks,
        usual.limits(),
        null,
        usual.settings());
  }

  private HttpServer endpoint() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            told.add(JSON.readTree(exchange.getRequestBody()).at("/id").asLong(0));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void post(String path, String json) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub.uri().toString().replaceFirst("/$", "") + path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isIn(201, 202);
  }

  private List<Long> happened() {
    return sql.lines("SELECT id FROM event ORDER BY id").lines().map(Long::parseLong).toList();
  }

  @Test
  void everyEventIsToldThoughTheHubRestarts() throws Exception {
    sql.device("pump");
    post(
        "/api/v1/webhooks",
        "{\"name\":\"erp\",\"url\":\"http://127.0.0.1:%d/\"}"
            .formatted(endpoint.getAddress().getPort()));
    for (int run = 0; run < 3; run++) {
      for (int i = 0; i < 20; i++) {
        post("/api/v1/devices/pump/commands", "{\"name\":\"c\"}");
      }
      hub.close();
      lock.close();
      start();
    }
    await().untilAsserted(() -> assertThat(told).containsExactlyElementsOf(happened()));
    assertThat(happened()).hasSize(60);
    assertThat(sql.lines("SELECT DISTINCT state FROM webhook_delivery").strip())
        .isEqualTo("succeeded");
  }
}
