package io.mooring.hub.web;

import io.mooring.hub.config.SettingInForce;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hubs that are at work, and what they are set to. */
final class NodeApi {
  record NodeView(String name, String version, Instant startedAt, int sessions) {}

  record SettingView(
      String key,
      @Nullable String value,
      String from,
      @Nullable String standard,
      String type,
      String does) {}

  private NodeApi() {}

  /** One: the database lets in no other hub. */
  static Reply nodes(Exchange exchange) {
    exchange.onlyQuery();
    WebParts.Node node = exchange.parts().node();
    NodeView view =
        new NodeView(node.name(), node.version(), node.startedAt(), node.sessions().getAsInt());
    return Reply.ok(new DeviceApi.Page<>(List.of(view), null));
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
