package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.app.Hub;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Migrations;
import io.mooring.hub.db.NodeLock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "serve", description = "Run the hub until it gets Ctrl-C or SIGTERM.")
final class ServeCommand implements Callable<Integer> {
  /** What stopping PostgreSQL may add to the hub's own shutdown. */
  static final Duration BESIDE_HUB = Duration.ofSeconds(40);

  private final Surroundings here;
  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Option(names = "--port", paramLabel = "N", description = "Sets listen.port.")
  private @Nullable Integer port;

  @Option(
      names = "--ready-file",
      paramLabel = "FILE",
      description =
          "Written once the hub answers: {\"url\", \"deviceUrl\", \"pid\"}; removed at the end.")
  private @Nullable Path readyFile;

  ServeCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws Exception {
    HubConfig config = options.config(here, port);
    Ports.mustBeUsable(config.listen());
    try (Shutdown shutdown = new Shutdown(config.shutdownTimeout().plus(BESIDE_HUB));
        ReadyFile ready = ReadyFile.at(readyFile);
        OpenDatabase open = OpenDatabase.of(config, here::say);
        NodeLock lock = NodeLock.take(open.database(), config.node(), new SecureRandom())) {
      Migrations.ensure(open.database()).forEach(step -> here.say("Migrated " + step));
      FirstAccess access = FirstAccess.on(open.database(), config.access());
      access.createAdmin(false).ifPresent(password -> showOnce(access.adminName(), password));
      try (Hub hub = Hub.start(config, open.database(), lock)) {
        ready.write(
            Map.of(
                "url", hub.uri().toString(),
                "deviceUrl", hub.deviceUri().toString(),
                "pid", ProcessHandle.current().pid()));
        here.out().println("Mooring answers at " + hub.uri());
        if (config.listen().operators() != null) {
          here.out().println("Devices connect to " + hub.deviceUri());
        }
        here.out().flush();
        shutdown.asked().await();
      }
    }
    return 0;
  }

  private void showOnce(String name, String password) {
    here.out().println("First start. Sign in as " + name + " with password " + password);
    here.out()
        .println(
            "It is shown only now, and you choose another when you sign in."
                + " A new one, should it be lost: hub user reset-password "
                + name);
    here.out().flush();
  }
}
