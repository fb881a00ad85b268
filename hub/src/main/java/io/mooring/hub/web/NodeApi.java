package io.mooring.hub.web;

import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.config.SettingInForce;
import java.time.Instant;
import java.util.List;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** The hubs that share the database, and what this one is set to. */
final class NodeApi {
  /**
   * A hub.
   *
   * @param state up, draining (it sends its devices away), or lost (it does not renew its lease)
   * @param renewedAt when it said last that it is there; null: it has its database for itself
   * @param problem why it hears nothing of the others; null: it does
   */
  record NodeView(
      String name,
      String version,
      String state,
      Instant startedAt,
      int sessions,
      @Nullable Double readingsPerSecond,
      @Nullable Instant renewedAt,
      @Nullable String problem) {}

  record SettingView(
      String key,
      @Nullable String value,
      String from,
      @Nullable String standard,
      String type,
      String does) {}

  private NodeApi() {}

  static Reply nodes(Exchange exchange) {
    exchange.onlyQuery();
    return Reply.ok(new DeviceApi.Page<>(views(exchange.parts()), null));
  }

  private static List<NodeView> views(WebParts parts) {
    WebParts.Node own = parts.node();
    NodeStore others = own.others();
    if (others == null) {
      int sessions = own.sessions().getAsInt();
      double rate = parts.rates().readingsPerSecond();
      return List.of(
          new NodeView(
              own.name(), own.version(), "up", own.startedAt(), sessions, rate, null, null));
    }
    return others.list().stream().map(NodeApi::view).toList();
  }

  private static NodeView view(NodeStore.Node node) {
    return new NodeView(
        node.name(),
        node.version(),
        node.lost() ? "lost" : node.draining() ? "draining" : "up",
        node.startedAt(),
        node.lost() ? 0 : node.sessions(),
        node.lost() ? 0.0 : node.readingsPerSecond(),
        node.renewedAt(),
        node.problem());
  }

  /** Sends a node's devices to the others. */
  static Reply drain(Exchange exchange) {
    return drain(exchange, true);
  }

  /** Has it take devices again. */
  static Reply resume(Exchange exchange) {
    return drain(exchange, false);
  }

  private static Reply drain(Exchange exchange, boolean drains) {
    exchange.onlyQuery();
    String name = exchange.variable("node");
    WebParts parts = exchange.parts();
    NodeStore others = parts.node().others();
    if (others == null && name.equals(parts.node().name())) {
      throw new Refusal(
          Problem.of(
              HttpStatus.CONFLICT_409,
              "no-other-node",
              "No other node",
              "This hub has its database for itself, so its devices can go nowhere else. Stop it"
                  + " with SIGTERM; its devices come back to the next start."));
    }
    if (drains && others != null && isLast(views(parts), name)) {
      throw new Refusal(
          Problem.of(
              HttpStatus.CONFLICT_409,
              "no-other-node",
              "No other node",
              "No other hub takes devices now, so those of this one could go nowhere. Start or"
                  + " resume another first. See GET /api/v1/nodes."));
    }
    if (others == null || !others.drain(name, drains, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("No hub that is alive has this name. See GET /api/v1/nodes.");
    }
    return views(parts).stream()
        .filter(view -> view.name().equals(name))
        .findFirst()
        .map(Reply::ok)
        .orElseThrow(() -> Refusal.notFound("The hub has just ended."));
  }

  /** Whether it is up and no other one is. */
  private static boolean isLast(List<NodeView> nodes, String name) {
    List<String> up =
        nodes.stream().filter(node -> node.state().equals("up")).map(NodeView::name).toList();
    return up.equals(List.of(name));
  }

  static Reply settings(Exchange exchange) {
    exchange.onlyQuery();
    List<SettingView> views =
        exchange.parts().node().settings().stream().map(NodeApi::view).toList();
    return Reply.ok(new DeviceApi.Page<>(views, null));
  }

  private static SettingView view(SettingInForce inForce) {
    String value = inForce.value().isEmpty() ? null : inForce.value();
    var setting = inForce.setting();
    return new SettingView(
        setting.key(), value, inForce.origin(), setting.standard(), setting.type(), setting.does());
  }
}
