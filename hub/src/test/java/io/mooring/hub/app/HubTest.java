package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.db.Reachability;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A whole hub whose database goes away, comes back, or is taken by another. */
class HubTest {
  private final TestDatabase database = TestDatabase.create();
  private final CutProxy proxy = new CutProxy("127.0.0.1", database.port());
  private final Database through = database.through(proxy.port());
  private final NodeLock lock = NodeLock.take(through, "north", new Random());
  private final Hub hub = Hub.start(DataPaths.config(Limits.DEFAULTS), through, lock);
  private final HttpClient client = HttpClient.newHttpClient();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger words = (Logger) LoggerFactory.getLogger(Reachability.class);
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.mooring");

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    words.setLevel(Level.INFO);
  }

  @AfterEach
  void close() {
    logger.detachAppender(log);
    words.setLevel(null);
    client.close();
    proxy.restore();
    hub.close();
    lock.close();
    through.close();
    proxy.close();
    database.close();
  }

  /** Every answer comes within a second, also while the database is away. */
  private HttpResponse<String> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub.uri() + path)).timeout(Duration.ofSeconds(1)).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer within a second", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> logged(Level level) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void saysAtOnceThatItIsNotReadyAndLogsOneLineForEachTurn() {
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    proxy.cut();
    await().until(() -> get("/health/ready").statusCode() == 503);
    assertThat(get("/health/ready").body()).contains("\"database\":\"it has not answered for");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    // The probe and the sweeps try and fail meanwhile.
    int before = proxy.refused();
    await().until(() -> proxy.refused() > before + 3);
    proxy.restore();
    await().until(() -> get("/health/ready").statusCode() == 200);
    assertThat(logged(Level.WARN)).singleElement().asString().startsWith("The database is away");
    assertThat(logged(Level.INFO)).singleElement().asString().startsWith("The database is back");
  }

  @Test
  void takesNoMoreWorkWhenAnotherHubHasTakenTheDatabase() {
    proxy.cut();
    try (NodeLock _ = NodeLock.take(database.database(), "south", new Random())) {
      await().until(() -> through.reachability().isAway());
      proxy.restore();
      await().until(() -> get("/api/v1/openapi.yaml").statusCode() == 503);
      assertThat(get("/health/ready").statusCode()).isEqualTo(503);
      assertThat(get("/health/ready").body()).contains("node south at");
      // A device is turned away before its token is looked at.
      URI device = URI.create("ws://127.0.0.1:" + hub.port() + "/device");
      assertThatThrownBy(() -> RawDevice.connect(device, "any")).hasMessageContaining("503");
    }
  }
}
