package io.mooring.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several hubs on one database, each of which reaches PostgreSQL and NATS over lines of its own
 * that can be cut.
 */
public final class Cluster implements Stage.Kept {
  /** How long a hub that is gone counts as alive. */
  public static final Duration LEASE = Duration.ofSeconds(2);

  /** Until the others have noticed, on a busy machine. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One of them. */
  public record Node(String name, Hub hub, Line postgres, Line nats) {
    /** Whether a load balancer may send anybody here. */
    public boolean isReady() {
      return health().status() == 200;
    }

    /** What it says of itself. */
    public Api.Answer health() {
      return hub.api().get("/health/ready");
    }

    public void awaitReady(boolean wanted) {
      await(name + (wanted ? " is ready" : " is not ready"))
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .untilAsserted(
              () -> {
                Api.Answer health = health();
                assertThat(health.status() == 200).as("%s", health.body()).isEqualTo(wanted);
              });
    }
  }

  private final List<Node> nodes = new ArrayList<>();
  private final Database database;
  private final Balancer balancer;
  private final Line door;

  /** Starts all of them, and waits until all answer. */
  Cluster(Stage stage, int count, NatsServer nats, Map<String, String> more) {
    database = stage.database();
    for (int i = 0; i < count; i++) {
      String name = "node-" + (char) ('a' + i);
      Line toPostgres = new Line(database.port());
      Line toNats = new Line(nats.port());
      Map<String, String> settings = new HashMap<>(database.at(toPostgres.port()).settings());
      settings.put("MOORING_NODE_NAME", name);
      settings.put("MOORING_NATS_URL", "nats://127.0.0.1:" + toNats.port());
      settings.putAll(nats.settings());
      settings.put("MOORING_CLUSTER_LEASE", LEASE.toSeconds() + "s");
      settings.put("MOORING_SESSION_HEARTBEAT_INTERVAL", "1s");
      // Devices that are sent away come back over as long as this at the least.
      settings.put("MOORING_SHUTDOWN_TIMEOUT", "2s");
      settings.putAll(more);
      nodes.add(new Node(name, new Hub(stage, name, database, settings), toPostgres, toNats));
    }
    nodes.forEach(node -> node.hub().awaitReady());
    balancer = new Balancer(nodes.stream().map(Node::hub).toList());
    door = new Line(balancer::port, way -> Line.Tamper.NONE);
    await("there is a hub for the next who comes").atMost(PATIENCE).until(balancer::isReady);
  }

  public List<Node> nodes() {
    return nodes;
  }

  public Node node(int index) {
    return nodes.get(index);
  }

  /** Looked at without any hub. */
  public Database database() {
    return database;
  }

  /** The API over the load balancer. */
  public Api api() {
    return node(0).hub().api(door);
  }

  /** Where a load balancer listens. */
  public int port() {
    return door.port();
  }

  /** Where a load balancer would send the next who connects. */
  public int nextPort() {
    return balancer.port();
  }

  /** The name of the node that had the device's newest session; empty: there was none. */
  public String nodeOf(String device) {
    return database
        .column(
            "SELECT p.node FROM presence p JOIN device d ON d.key = p.device_key WHERE d.id = ?",
            device)
        .stream()
        .findFirst()
        .orElse("");
  }

  /** Waits until all nodes say this of a device's connection. */
  public void awaitPresence(String device, String state) {
    nodes.forEach(node -> awaitPresence(node, device, state));
  }

  /** The same of one node. */
  public static void awaitPresence(Node node, String device, String state) {
    await(node.name() + " says that " + device + " is " + state)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> node.hub().api().presence(device).path("state").asString("").equals(state));
  }

  /**
   * Waits until all nodes together have so many sessions: nobody believes to have one that is
   * elsewhere.
   */
  public void awaitSessions(int count) {
    await(count + " sessions on all nodes")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                nodes.stream()
                        .mapToDouble(node -> node.hub().api().metric("mooring_sessions"))
                        .sum()
                    == count);
  }

  @Override
  public void close() {
    balancer.close();
    door.close();
    nodes.forEach(
        node -> {
          node.postgres().close();
          node.nats().close();
        });
  }
}
