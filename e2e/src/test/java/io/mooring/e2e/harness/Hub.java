package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A hub of {@code bin/hub serve} that may be killed and started again at the same address. */
public final class Hub {
  private static final Duration START = Duration.ofMinutes(3);

  private final Stage stage;
  private final String called;
  private final Database database;
  private final Map<String, String> settings;
  private final int port;
  private final String key;
  private Child process;

  /**
   * Starts it, and does not wait.
   *
   * @param called its log's name
   * @param more settings beside those of the database, or in their place
   */
  Hub(Stage stage, String called, Database database, Map<String, String> more) {
    this.stage = stage;
    this.called = called;
    this.database = database;
    this.settings = new HashMap<>(database.settings());
    // A hub that lives for seconds spends most of them compiling: the first tier is enough.
    settings.put("MOORING_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    settings.putAll(more);
    this.port = freePort();
    stage.secret(database.password());
    this.key = stage.key();
    stage.secret(key);
    this.process = launch();
  }

  private Child launch() {
    try {
      Files.deleteIfExists(readyFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return stage.hub(
        called,
        settings,
        "serve",
        "--port",
        Integer.toString(port),
        "--ready-file",
        readyFile().toString());
  }

  private Path readyFile() {
    return stage.folder().resolve(called + ".ready");
  }

  /** Waits for the file that says that everything answers. */
  static void awaitReady(Child hub, Path file) {
    Awaitility.await("the hub is ready")
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!hub.isAlive()) {
                throw new AssertionError("the hub ended with code " + hub.exitCode());
              }
              return Files.exists(file);
            });
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it (SIGKILL). */
  public void kill() {
    process.kill();
  }

  /** Waits until it answers. */
  public void awaitReady() {
    awaitReady(process, readyFile());
  }

  /** Starts it again after {@link #kill}, and waits until it answers. */
  public void restart() {
    start();
    awaitReady();
  }

  /** Starts it again after its end, and does not wait. */
  public Child start() {
    process = launch();
    return process;
  }

  /** Whether the process that was started last has said that everything answers. */
  public boolean isReady() {
    return Files.exists(readyFile());
  }

  public Child process() {
    return process;
  }

  public int port() {
    return port;
  }

  /** For the command line, instead of settings. */
  public Map<String, String> access() {
    return Map.of("MOORING_URL", url().toString(), "MOORING_KEY", key);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public Database database() {
    return database;
  }

  public Api api() {
    return new Api(url(), key);
  }

  /** The same over a line. */
  public Api api(Line line) {
    return api(line.port());
  }

  /** The same at another port of this machine. */
  Api api(int port) {
    return new Api(URI.create("http://127.0.0.1:" + port), key);
  }

  /** Follows all events of the fleet, from the first one on. */
  public Feed feed() {
    return feed(() -> this);
  }

  /**
   * The same from whichever hub.
   *
   * @param from asked for a hub at each connection
   */
  public Feed feed(Supplier<Hub> from) {
    return stage.keep(new Feed(() -> from.get().url(), key, ""));
  }

  /** Follows those that a query asks for. */
  public Feed feed(String query) {
    return feed(this::url, query);
  }

  /** The same from another address. */
  Feed feed(Supplier<URI> from, String query) {
    return stage.keep(new Feed(from, key, query));
  }

  /** Registers a device and returns its token. */
  public String device(String id) {
    return stage.secret(api().device(id).text("token"));
  }

  /** Variables of a device's program. */
  public Map<String, String> deviceVariables(String token) {
    return variables(port, token);
  }

  /** The same for one that connects over a line. */
  public static Map<String, String> deviceVariables(Line line, String token) {
    return variables(line.port(), token);
  }

  private static Map<String, String> variables(int port, String token) {
    return Map.of("MOORING_HUB", "ws://127.0.0.1:" + port, "MOORING_TOKEN", token);
  }
}
