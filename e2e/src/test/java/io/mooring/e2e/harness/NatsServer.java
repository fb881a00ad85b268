package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/** A real nats-server that may be killed and started again at the same address. */
public final class NatsServer {
  private static final Duration START = Duration.ofMinutes(1);

  /**
   * What it asks of those who connect.
   *
   * @param lines of its configuration
   * @param settings of a hub that satisfies it, as variables
   */
  public record Guard(String lines, Map<String, String> settings) {
    /** Everybody may come. */
    public static final Guard NONE = new Guard("", Map.of());

    /** A user with a password. */
    public static Guard password(String user, String password) {
      return new Guard(
          "authorization { user: \"%s\", password: \"%s\" }%n".formatted(user, password),
          Map.of("MOORING_NATS_USER", user, "MOORING_NATS_PASSWORD", password));
    }

    /** TLS with certificates of both sides, each signed by itself. */
    public static Guard tls(Pem server, Pem client) {
      return new Guard(
          "tls { cert_file: \"%s\", key_file: \"%s\", ca_file: \"%s\", verify: true }%n"
              .formatted(server.certificate(), server.key(), client.certificate()),
          Map.of(
              "MOORING_NATS_TLS_CA",
              server.certificate().toString(),
              "MOORING_NATS_TLS_CERTIFICATE",
              client.certificate().toString(),
              "MOORING_NATS_TLS_KEY",
              client.key().toString()));
    }

    /** Both. */
    public Guard and(Guard other) {
      Map<String, String> both = new LinkedHashMap<>(settings);
      both.putAll(other.settings);
      return new Guard(lines + other.lines, both);
    }
  }

  private final Stage stage;
  private final Guard guard;
  private final int port = Hub.freePort();
  private Child process;
  private int reloads;

  NatsServer(Stage stage, Guard guard) {
    this.stage = stage;
    this.guard = guard;
    write(guard);
    this.process = launch();
  }

  private void write(Guard asked) {
    try {
      Files.writeString(
          configuration(), "listen: \"127.0.0.1:%d\"%n".formatted(port) + asked.lines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on asks for something else, also of those who are connected. */
  public void ask(Guard other) {
    write(other);
    process.reload();
    process.await(".*Reloaded server configuration", ++reloads);
  }

  /** Asks again for what it asked for at first. */
  public void askAsAtFirst() {
    ask(guard);
  }

  private Path configuration() {
    return stage.folder().resolve("nats.conf");
  }

  private Child launch() {
    Child started =
        stage.other(
            "nats",
            new ProcessBuilder(
                Installation.daemon("nats-server"), "-c", configuration().toString()));
    Awaitility.await("nats-server listens")
        .atMost(START)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!started.isAlive()) {
                throw new AssertionError("nats-server ended with code " + started.exitCode());
              }
              return listens();
            });
    return started;
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** Of a hub that may come in, but for the address. */
  Map<String, String> settings() {
    return guard.settings();
  }

  public boolean isUp() {
    return process.isAlive();
  }

  /** Kills it (SIGKILL). */
  public void kill() {
    process.kill();
  }

  /** Starts it again after {@link #kill}. */
  public void restart() {
    process = launch();
  }

  /** Stops it in its tracks (SIGSTOP), until the result is run. */
  public Runnable freeze() {
    Child frozen = process;
    frozen.pause();
    return frozen::resume;
  }
}
