package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.Role;
import io.mooring.hub.access.Users;
import io.mooring.hub.config.Listen;
import io.mooring.hub.config.Networks;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Behind a proxy that ends TLS, of which the hub knows or not. */
class SecureCookiesTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final String SESSION = "/api/v1/session";

  @AutoClose
  private final NodeLock lock = NodeLock.take(DATABASE.database(), "north", new Random());

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.mooring.hub.web.SessionApi");
  private String password = "";

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    DATABASE.execute("TRUNCATE user_account CASCADE");
    password =
        new Users(
                DATABASE.database(),
                new Passwords(Passwords.ITERATIONS, new Random(3)),
                new Random(3),
                Duration.ofDays(1))
            .create("eve", Role.ADMIN, null, Actors.ANNA, Instant.now())
            .orElseThrow()
            .password();
  }

  @AfterEach
  void detach() {
    logger.detachAppender(log);
  }

  private Hub start(boolean https) {
    Listen.Proxies proxies = new Listen.Proxies(Networks.NONE, false, https);
    Listen listen = new Listen(new Listen.Address("127.0.0.1", 0), null, null, proxies, Set.of());
    return Hub.start(DataPaths.config(listen), DATABASE.database(), lock);
  }

  private HttpResponse<String> send(Hub hub, String method, String header, String value)
      throws Exception {
    String body = "{\"user\":\"eve\",\"password\":\"" + password + "\"}";
    // Closed before its hub, which would wait for it.
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(hub.uri() + SESSION))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .header("Content-Type", "application/json")
              .header("Sec-Fetch-Site", "same-origin")
              .header(header, value)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static List<String> cookies(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isLessThan(300);
    return answer.headers().allValues("Set-Cookie");
  }

  private List<String> warnings() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void areForcedWhereTheOperatorSaysSo() throws Exception {
    try (Hub hub = start(true)) {
      String cookie = cookies(send(hub, "POST", "Origin", "https://hub.example")).getFirst();
      assertThat(cookie).startsWith("__Host-mooring_session=mrs_").endsWith("; Secure");
      String value = cookie.split(";", 2)[0];
      HttpResponse<String> session = send(hub, "GET", "Cookie", value);
      assertThat(session.statusCode()).isEqualTo(200);
      assertThat(session.headers().map()).containsKey("strict-transport-security");
      assertThat(cookies(send(hub, "DELETE", "Cookie", value)))
          .satisfiesExactlyInAnyOrder(
              c -> assertThat(c).startsWith("__Host-mooring_session=;").contains("; Secure"),
              c -> assertThat(c).startsWith("mooring_session=;").doesNotContain("Secure"));
      assertThat(send(hub, "GET", "Cookie", value).statusCode()).isEqualTo(401);
      assertThat(warnings()).isEmpty();
    }
  }

  @Test
  void itIsSaidWhereTheySeemToBeMissing() throws Exception {
    try (Hub hub = start(false)) {
      assertThat(cookies(send(hub, "POST", "Accept", "*/*")).getFirst()).doesNotContain("Secure");
      assertThat(warnings()).isEmpty();
      String[][] hints = {{"Origin", "https://hub.example"}, {"X-Forwarded-Proto", "https"}};
      for (String[] hint : hints) {
        assertThat(cookies(send(hub, "POST", hint[0], hint[1])).getFirst())
            .startsWith("mooring_session=")
            .doesNotContain("Secure");
        assertThat(warnings())
            .singleElement()
            .asString()
            .contains("http.trusted-proxies", "http.secure-cookies=always");
        log.list.clear();
      }
    }
  }
}
