package io.mooring.hub.demo;

import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.app.Hub;
import io.mooring.hub.client.HubClient;
import io.mooring.hub.config.HostName;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.EmbeddedPostgres;
import io.mooring.hub.db.Migrations;
import io.mooring.hub.db.NodeLock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Runs the whole demo until it is told to stop. */
public final class Demo {
  /** Class path of the device's process; bin/hub sets it. */
  public static final String CLASSPATH_PROPERTY = "mooring.demo.classpath";

  private static final String MAIN_CLASS = "io.mooring.demo.DemoDevice";
  private static final Duration ONLINE = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final List<String> SCOPES =
      List.of("devices:read", "devices:write", "commands:send", "telemetry:read", "admin");

  /** What a visitor needs. */
  public record Welcome(
      URI url, String device, String adminUser, String adminPassword, String apiKey) {}

  private final HubConfig config;
  private final Path dir;
  private final CountDownLatch stop;
  private final Consumer<String> say;

  /**
   * Prepares a demo; starts nothing.
   *
   * @param stop ends the demo when it reaches zero
   * @param say receives progress, a line each
   */
  public Demo(HubConfig config, CountDownLatch stop, Consumer<String> say) {
    this.config = config;
    this.dir = config.data();
    this.stop = stop;
    this.say = say;
  }

  /**
   * Starts everything, calls {@code ready} once the device is online, and returns after everything
   * has ended in the reverse order: device, hub, pool, PostgreSQL.
   */
  public void run(Ready ready) throws IOException, InterruptedException {
    Files.createDirectories(dir);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(dir.resolve("postgresql"), say);
        Database database =
            Database.open(
                postgres.url(), postgres.user(), postgres.password(), HubConfig.POOL_SIZE);
        NodeLock lock = NodeLock.take(database, config.node(), new SecureRandom())) {
      var _ = Migrations.ensure(database);
      DemoState state = state(FirstAccess.on(database, config.access()));
      if (stop.getCount() > 0) {
        serve(database, lock, state, ready);
      }
    }
  }

  /** Called once everything answers. */
  @FunctionalInterface
  public interface Ready {
    void on(Welcome welcome) throws IOException;
  }

  private DemoState state(FirstAccess access) throws IOException {
    DemoState kept = DemoState.read(dir);
    String password = kept.adminPassword();
    String key = kept.apiKey();
    var created = access.createAdmin(true);
    if (created.isPresent()) {
      password = created.get();
    } else if (password.isEmpty()) {
      password = DemoState.FORGOTTEN;
    }
    if (key.isEmpty() || !access.isValid(key)) {
      key = access.issueKey("demo", SCOPES, null);
    }
    DemoState now = new DemoState(password, key);
    now.write(dir);
    return now;
  }

  private void serve(Database database, NodeLock lock, DemoState state, Ready ready)
      throws IOException, InterruptedException {
    String id = HostName.label();
    try (Hub hub = Hub.start(config, database, lock);
        HubClient client = new HubClient(hub.uri(), state.apiKey())) {
      Path token = dir.resolve("device.token");
      ThisMachine machine = new ThisMachine(client, id, token);
      machine.register();
      say.accept("Starting this machine as device " + id + " …");
      Path log = dir.resolve("device.log");
      try (DeviceProcess device = new DeviceProcess(command(hub, token), log, FIRST_PAUSE, say)) {
        if (machine.awaitOnline(ONLINE, stop)) {
          String admin = FirstAccess.on(database, config.access()).adminName();
          ready.on(new Welcome(hub.uri(), id, admin, state.adminPassword(), state.apiKey()));
          stop.await();
        } else if (stop.getCount() > 0) {
          throw new IOException(
              "The device process %d did not come online within %d s; its output: %s"
                  .formatted(device.pid(), ONLINE.toSeconds(), log));
        }
        say.accept("Stopping: device, hub, PostgreSQL …");
      }
    }
  }

  private static List<String> command(Hub hub, Path token) {
    String classpath = System.getProperty(CLASSPATH_PROPERTY, "");
    if (classpath.isEmpty()) {
      throw new IllegalStateException(
          "The demo needs the device program: start it with bin/hub demo, or set -D"
              + CLASSPATH_PROPERTY);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "--sun-misc-unsafe-memory-access=allow", // known to every JDK that runs the hub; see
        // bin/hub
        "-cp",
        classpath,
        MAIN_CLASS,
        "--hub",
        hub.deviceUri().toString(),
        "--token-file",
        token.toString(),
        "--exit-with-stdin");
  }
}
