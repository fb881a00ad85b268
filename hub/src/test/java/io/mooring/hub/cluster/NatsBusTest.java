package io.mooring.hub.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.hub.config.ClusterConfig;
import io.mooring.hub.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is said of a NATS that cannot be used, mostly with a real nats-server. */
class NatsBusTest {
  @TempDir Path folder;

  private volatile Instant now = Instant.EPOCH;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.mooring.hub.cluster");
  private final List<Process> servers = new ArrayList<>();
  private @Nullable NatsBus bus;

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void close() throws InterruptedException {
    if (bus != null) {
      bus.close();
    }
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @Test
  void namesTheAddressWhereNothingListens() throws IOException {
    String url = "nats://127.0.0.1:" + freePort();
    isSaidOnce(url, "nothing listens there (Connection refused)");
  }

  @Test
  void namesTheHostThatCannotBeResolved() {
    isSaidOnce("nats://no-such-host.invalid:4222", "the name of the host cannot be resolved");
  }

  @Test
  void namesTheServerThatSpeaksNoTls() throws IOException {
    String url = "tls://127.0.0.1:" + server("");
    isSaidOnce(url, "the server has no TLS, which nats.url or nats.tls-ca asks for");
  }

  @Test
  void namesTheServerThatAsksForTls() throws IOException {
    TestCertificates made = new TestCertificates(folder).issue("nats");
    String tls =
        "tls { cert_file: \"%s\", key_file: \"%s\" }%n"
            .formatted(made.certificateFile("nats"), made.keyFile("nats"));
    isSaidOnce(
        "nats://127.0.0.1:" + server(tls), "the server asks for TLS; write tls:// in nats.url");
  }

  @Test
  void namesWhatIsNoNats() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> refuseAll(other));
      isSaidOnce(
          "nats://127.0.0.1:" + other.getLocalPort(),
          "what answers there is no NATS server, or hangs up at once");
    }
  }

  @Test
  void saysOnceThatThePasswordIsWrongAndSeldomAgain() throws IOException {
    int port = server("authorization { user: \"mooring\", password: \"right\" }\n");
    String url = "nats://127.0.0.1:" + port;
    open(url, "mooring", "wrong", null);
    patiently().until(() -> attempts() >= 3);
    assertThat(warnings())
        .containsExactly(
            "NATS refuses this hub (Authorization Violation): nats.user or nats.password is not"
                + " what it asks for; it is tried again. nats.url is "
                + url);
    assertThat(problem()).endsWith(": Authorization Violation");
    now = now.plus(Duration.ofMinutes(10));
    patiently().until(() -> warnings().size() >= 2);
    int before = attempts();
    patiently().until(() -> attempts() >= before + 2);
    assertThat(warnings()).hasSize(2);
  }

  @Test
  void namesTheSettingsOfACredentialThatIsWrongOrMissing() throws IOException {
    String url = "nats://127.0.0.1:" + server("authorization { token: \"right\" }\n");
    open(url, null, null, "wrong");
    patiently().until(() -> !warnings().isEmpty());
    assertThat(warnings().get(0)).contains("nats.token is not what it asks for", url);
    bus().close();
    open(url, null, null, null);
    patiently().until(() -> warnings().size() >= 2);
    assertThat(warnings().get(1)).contains("none of them is set", url);
  }

  /** The library would go on trying for ever. */
  @Test
  void aBusThatIsClosedWhileItConnectsTriesNoMore() throws Exception {
    try (ServerSocket away = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      open("nats://127.0.0.1:" + away.getLocalPort(), null, null, null);
      away.accept().close();
      bus().close();
      away.setSoTimeout(1_500);
      patiently().until(() -> isQuiet(away));
    }
  }

  @Test
  void saysNothingOfAServerThatAnswers() throws IOException {
    open("nats://127.0.0.1:" + server(""), null, null, null);
    patiently().until(() -> bus().problem().isEmpty());
    assertThat(warnings()).isEmpty();
  }

  /** Servers that start beside the hub are no news; then it is said, and not again. */
  private void isSaidOnce(String url, String reason) {
    open(url, null, null, null);
    patiently().until(() -> problem().endsWith(": " + reason));
    assertThat(warnings()).isEmpty();
    now = now.plus(Duration.ofSeconds(3));
    patiently().until(() -> !warnings().isEmpty());
    now = now.plus(Duration.ofMinutes(10));
    patiently().until(() -> warnings().size() >= 2);
    assertThat(warnings())
        .containsOnly(
            "NATS cannot be reached, and is tried again: %s. nats.url is %s".formatted(reason, url))
        .hasSize(2);
  }

  private void open(
      String url, @Nullable String user, @Nullable String password, @Nullable String token) {
    bus =
        new NatsBus(
            new ClusterConfig.Nats(List.of(url), "mooring", user, password, token, null),
            "hub-1",
            () -> now);
  }

  private NatsBus bus() {
    return Objects.requireNonNull(bus);
  }

  private String problem() {
    return bus().problem().orElse("none");
  }

  private List<String> warnings() {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  private static void refuseAll(ServerSocket listener) {
    try {
      while (true) {
        try (var socket = listener.accept()) {
          String answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException _) {
      // closed: the test is over
    }
  }

  /** Whether nobody comes for longer than it takes to try again. */
  private static boolean isQuiet(ServerSocket listener) throws IOException {
    try (var _ = listener.accept()) {
      return false;
    } catch (SocketTimeoutException _) {
      return true;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Of a nats-server that listens. */
  private int server(String lines) throws IOException {
    int port = freePort();
    Path configuration = folder.resolve("nats.conf");
    Files.writeString(configuration, "listen: \"127.0.0.1:%d\"%n".formatted(port) + lines);
    servers.add(
        new ProcessBuilder(binary(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(serverLog().toFile())
            .start());
    patiently().until(() -> Files.readString(serverLog()).contains("Server is ready"));
    return port;
  }

  private Path serverLog() {
    return folder.resolve("nats.log");
  }

  /** So often the server has refused a password. */
  private int attempts() throws IOException {
    return Files.readString(serverLog()).split("authentication error", -1).length - 1;
  }

  private static String binary() {
    String path = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin";
    return Stream.of(path.split(":", -1))
        .map(at -> Path.of(at, "nats-server"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no nats-server here: bin/test installs it"))
        .toString();
  }
}
