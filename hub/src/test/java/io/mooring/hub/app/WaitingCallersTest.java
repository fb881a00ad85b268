package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WaitingCallersTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  /** Else they would not know that the command is queued, and send it again. */
  @Test
  void areToldWhereTheirCommandIsWhenTheHubGoesDown() {
    Sql sql = new Sql(DATABASE);
    sql.device("d1");
    HubConfig config = DataPaths.config(Limits.DEFAULTS);
    String key =
        FirstAccess.on(DATABASE.database(), config.access())
            .issueKey("test", List.of("commands:send"), null);
    try (HttpClient client = HttpClient.newHttpClient();
        NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random())) {
      Hub hub = Hub.start(config, DATABASE.database(), lock);
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create(hub.uri() + "/api/v1/devices/d1/commands"))
                  .header("Authorization", "Bearer " + key)
                  .header("Content-Type", "application/json")
                  .header("Prefer", "wait=60")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"ping\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> sql.number("SELECT count(*) FROM command") == 1);
      hub.close();
      HttpResponse<String> told = answer.join();
      assertThat(told.statusCode()).isEqualTo(202);
      assertThat(told.body()).contains("\"state\":\"queued\"");
      assertThat(told.headers().firstValue("Location")).isPresent();
    }
  }
}
