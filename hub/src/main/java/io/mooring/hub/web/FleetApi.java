package io.mooring.hub.web;

import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.device.PresenceState;
import java.time.Instant;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The fleet at a glance. */
final class FleetApi {
  record Fleet(
      Counts devices,
      double readingsPerSecond,
      double valuesPerSecond,
      long commandsWaiting,
      String version,
      Instant startedAt) {}

  record Counts(int total, int online, int suspect, int offline, int neverSeen) {}

  private FleetApi() {}

  static Reply get(Exchange exchange) {
    exchange.onlyQuery();
    WebParts parts = exchange.parts();
    Map<PresenceState, Integer> counts = parts.devices().counts();
    return Reply.ok(
        new Fleet(
            new Counts(
                counts.values().stream().mapToInt(Integer::intValue).sum(),
                counts.getOrDefault(PresenceState.ONLINE, 0),
                counts.getOrDefault(PresenceState.SUSPECT, 0),
                counts.getOrDefault(PresenceState.OFFLINE, 0),
                counts.getOrDefault(PresenceState.NEVER_SEEN, 0)),
            sum(parts, NodeStore.Node::readingsPerSecond, Rates::readingsPerSecond),
            sum(parts, NodeStore.Node::valuesPerSecond, Rates::valuesPerSecond),
            parts.commands().waiting(),
            parts.node().version(),
            parts.node().startedAt()));
  }

  /** Of all nodes that are alive, or of this one where it is alone. */
  private static double sum(
      WebParts parts, ToDoubleFunction<NodeStore.Node> ofNode, ToDoubleFunction<Rates> own) {
    NodeStore others = parts.node().others();
    return others == null
        ? own.applyAsDouble(parts.rates())
        : others.list().stream().filter(node -> !node.lost()).mapToDouble(ofNode).sum();
  }
}
