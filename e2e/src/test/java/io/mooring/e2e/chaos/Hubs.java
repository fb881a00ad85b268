package io.mooring.e2e.chaos;

import io.mooring.e2e.chaos.Schedule.Kind;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.Database;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.NatsServer;
import io.mooring.e2e.harness.Stage;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The hubs of a trial, with what is between them: one alone, or the nodes of a cluster, each of
 * which can be cut off. Belongs to the test's thread, but for {@link #port}.
 */
final class Hubs {
  private final List<Hub> hubs;
  private final List<Kept> processes;
  private final List<Node> nodes;
  private final List<NatsServer> nats;
  private final IntSupplier port;

  private Hubs(List<Hub> hubs, List<Node> nodes, List<NatsServer> nats, IntSupplier port) {
    this.hubs = hubs;
    this.nodes = nodes;
    this.nats = nats;
    this.port = port;
    // A hub that finds its database away at its start says so and ends.
    this.processes =
        hubs.stream()
            .map(hub -> new Kept("the hub", hub.process(), hub::start, () -> !hub.isReady()))
            .toList();
  }

  /** Starts so many. */
  static Hubs start(Stage stage, int count, Map<String, String> settings) {
    if (count == 1) {
      Hub hub = stage.hub(settings);
      return new Hubs(List.of(hub), List.of(), List.of(), hub::port);
    }
    NatsServer nats = stage.nats(NatsServer.Guard.NONE);
    Cluster cluster = stage.cluster(count, nats, settings);
    List<Hub> hubs = cluster.nodes().stream().map(Node::hub).toList();
    return new Hubs(hubs, cluster.nodes(), List.of(nats), cluster::nextPort);
  }

  /** Where the next who comes is to connect. */
  int port() {
    return port.getAsInt();
  }

  boolean areSeveral() {
    return hubs.size() > 1;
  }

  /** Any of them. */
  Hub first() {
    return hubs.getFirst();
  }

  Database database() {
    return first().database();
  }

  List<Kept> processes() {
    return processes;
  }

  Kept process(int hub) {
    return processes.get(hub);
  }

  /** Whether somebody who comes is served. */
  boolean isAnyReady() {
    for (int i = 0; i < hubs.size(); i++) {
      if (processes.get(i).isUp() && hubs.get(i).isReady()) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing is missing any more. */
  boolean areAllReady() {
    return processes.stream().allMatch(Kept::isUp)
        && hubs.stream().allMatch(hub -> hub.isReady() && answersAsReady(hub.api()))
        && nats.stream().allMatch(NatsServer::isUp);
  }

  private static boolean answersAsReady(Api api) {
    try {
      return api.get("/health/ready").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** How many sessions all of them together believe to have. */
  double sessions() {
    return hubs.stream().mapToDouble(hub -> hub.api().metric("mooring_sessions")).sum();
  }

  /** Whether there is anything to strike with what strikes hubs. */
  boolean canStrike(Kind kind, int hub) {
    return kind == Kind.KILL_NATS
        ? nats.getFirst().isUp()
        : process(hub).isUp()
            && (kind == Kind.KILL_HUB || kind == Kind.FREEZE_HUB || !nodes.isEmpty());
  }

  /**
   * Cuts a node off.
   *
   * @return ends it
   */
  Runnable cutOff(Kind kind, int node) {
    Node cut = nodes.get(node);
    return switch (kind) {
      case CUT_POSTGRES -> cut.postgres().refuse();
      case MUTE_POSTGRES -> cut.postgres().silence();
      case CUT_NATS -> cut.nats().refuse();
      case MUTE_BOTH -> {
        Runnable postgres = cut.postgres().silence();
        Runnable messages = cut.nats().silence();
        yield () -> {
          postgres.run();
          messages.run();
        };
      }
      default -> throw new IllegalArgumentException(kind + " cuts off no node");
    };
  }

  /**
   * Kills NATS.
   *
   * @return starts it again
   */
  Runnable killNats() {
    NatsServer server = nats.getFirst();
    server.kill();
    return server::restart;
  }
}
