package io.mooring.hub.web;

import io.mooring.hub.device.DeviceFilter;
import io.mooring.hub.device.DeviceOrder;
import io.mooring.hub.device.DeviceOrder.Place;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.PresenceState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of devices: filtered, sorted, page by page. */
final class DeviceListApi {
  private DeviceListApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "q", "state", "enabled", "tag", "token", "sort");
    int limit = exchange.limit();
    DeviceOrder order = order(exchange.query("sort"));
    Place after = after(order, exchange.query("cursor"));
    List<KnownDevice> found =
        exchange.parts().devices().list(filter(exchange), order, after, limit + 1);
    List<KnownDevice> page = found.subList(0, Math.min(limit, found.size()));
    return Reply.ok(
        new DeviceApi.Page<>(
            page.stream().map(device -> DeviceApi.view(exchange, device)).toList(),
            found.size() > limit ? cursorAt(order, page.getLast()) : null));
  }

  private static DeviceOrder order(@Nullable String text) {
    return text == null
        ? DeviceOrder.BY_ID
        : DeviceOrder.of(text)
            .orElseThrow(
                () ->
                    Refusal.of(
                        "?sort",
                        "Must be id, name, last-seen or state, or one of them with - before it."));
  }

  /** Names its order, as a place of one order is none of another. */
  private static String cursorAt(DeviceOrder order, KnownDevice last) {
    Place place = order.placeOf(last);
    return DeviceApi.cursorOf(
        order.equals(DeviceOrder.BY_ID)
            ? place.id()
            : String.join("\n", order.text(), place.id(), place.value()));
  }

  private static @Nullable Place after(DeviceOrder order, @Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    if (order.equals(DeviceOrder.BY_ID)) {
      return new Place("", DeviceApi.lastId(cursor));
    }
    String[] parts = DeviceApi.textOf(cursor).split("\n", 3);
    Place place = parts.length < 3 ? null : new Place(parts[2], parts[1]);
    if (place == null || !parts[0].equals(order.text()) || !order.has(place)) {
      throw DeviceApi.noCursor();
    }
    return place;
  }

  private static DeviceFilter filter(Exchange exchange) {
    String text = exchange.query("q");
    String state = exchange.query("state");
    String enabled = exchange.query("enabled");
    String token = exchange.query("token");
    return new DeviceFilter(
        text == null || text.isEmpty() ? null : Text.bounded("?q", text, 1, 64),
        state == null
            ? null
            : PresenceState.of(state)
                .orElseThrow(
                    () -> Refusal.of("?state", "Must be online, suspect, offline or never-seen.")),
        enabled == null ? null : Boolean.valueOf(bool("?enabled", enabled)),
        DeviceApi.tagFilter(exchange),
        token == null ? null : Text.bounded("?token", token, 1, 64));
  }

  private static boolean bool(String pointer, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refusal.of(pointer, "Must be true or false.");
    };
  }
}
