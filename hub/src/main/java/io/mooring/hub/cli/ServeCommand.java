package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.app.Hub;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NatsBus;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.config.ClusterConfig;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Migrations;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.ops.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
        OpenDatabase open = OpenDatabase.of(config, here::say)) {
      ClusterConfig cluster = config.cluster();
      if (cluster == null) {
        try (NodeLock lock = NodeLock.take(open.database(), config.node(), new SecureRandom())) {
          prepare(config, open.database());
          serve(Hub.start(config, open.database(), lock), ready, shutdown);
        }
      } else {
        serveAmongOthers(config, cluster, open.database(), ready, shutdown);
      }
    }
    return 0;
  }

  /** Takes a lease again and again, as long as it is not asked to end. */
  private void serveAmongOthers(
      HubConfig config,
      ClusterConfig cluster,
      Database database,
      ReadyFile ready,
      Shutdown shutdown)
      throws IOException, InterruptedException {
    NodeLease former = null;
    while (shutdown.asked().getCount() > 0) {
      NodeLease lease =
          new NodeLease(
              database, config.node(), cluster.lease(), new SecureRandom(), System::nanoTime);
      try {
        if (former != null) {
          // The server may not know yet that these are dead, and one holds the lock of the name.
          former.store().endConnections(former.run());
        }
        serveOnce(config, cluster, database, lease, former, ready, shutdown);
      } catch (RuntimeException | IOException e) {
        if (former == null) {
          throw e;
        }
        here.say("This hub tries again to join the others: " + e.getMessage());
        var _ = shutdown.asked().await(1, TimeUnit.SECONDS);
      }
      former = lease;
    }
  }

  /** Until it is asked to end, or has lost its lease and the database is there to give another. */
  private void serveOnce(
      HubConfig config,
      ClusterConfig cluster,
      Database database,
      NodeLease lease,
      @Nullable NodeLease former,
      ReadyFile ready,
      Shutdown shutdown)
      throws IOException, InterruptedException {
    boolean lost;
    try (NatsBus bus = new NatsBus(cluster.nats(), config.node(), InstantSource.system());
        NodeLock lock = NodeLock.join(database, lease.run(), config.node(), lease)) {
      prepare(config, database);
      lease.begin(Version.text(), former);
      Membership membership = new Membership(Peers.on(bus, config.node()), lease);
      Hub hub = Hub.start(config, database, lock, membership);
      serve(hub, ready, shutdown);
      lost = hub.isLost();
    }
    // The probe has ended, which would find the row gone.
    if (!lost) {
      lease.close();
    }
  }

  private void prepare(HubConfig config, Database database) {
    Migrations.ensure(database).forEach(step -> here.say("Migrated " + step));
    FirstAccess access = FirstAccess.on(database, config.access());
    access.createAdmin(false).ifPresent(password -> showOnce(access.adminName(), password));
  }

  private void serve(Hub started, ReadyFile ready, Shutdown shutdown)
      throws IOException, InterruptedException {
    try (Hub hub = started) {
      ready.write(
          Map.of(
              "url", hub.uri().toString(),
              "deviceUrl", hub.deviceUri().toString(),
              "pid", ProcessHandle.current().pid()));
      here.out().println("Mooring answers at " + hub.uri());
      if (!hub.deviceUri().getAuthority().equals(hub.uri().getAuthority())) {
        here.out().println("Devices connect to " + hub.deviceUri());
      }
      here.out().flush();
      boolean over = false;
      while (!over) {
        over = shutdown.asked().await(1, TimeUnit.SECONDS) || hub.mayStartAnew();
      }
    }
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
