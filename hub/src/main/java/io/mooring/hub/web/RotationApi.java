package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.device.TokenCampaignStore.State;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Devices that are to get another token, and how far they are. */
final class RotationApi {
  record NewRotation(
      @Nullable List<@Nullable String> devices, @Nullable Map<String, @Nullable String> tags) {}

  record Asked(int devices) {}

  record RotationView(
      String device,
      String state,
      Instant askedAt,
      Instant changedAt,
      int handOvers,
      @Nullable String token,
      String presence) {}

  record Page(List<RotationView> items, @Nullable String next, Map<String, Integer> counts) {}

  private RotationApi() {}

  static Reply ask(Exchange exchange) {
    TokenCampaignStore campaign = exchange.parts().campaign();
    int asked = carryOut(exchange, campaign::askDevices, campaign::askTagged);
    return new Reply.Body(HttpStatus.ACCEPTED_202, Map.of(), new Asked(asked));
  }

  static Reply cancel(Exchange exchange) {
    TokenCampaignStore campaign = exchange.parts().campaign();
    return Reply.ok(new Asked(carryOut(exchange, campaign::cancelDevices, campaign::cancelTagged)));
  }

  /** Something done to many devices. */
  @FunctionalInterface
  private interface Step<T> {
    int on(T which, Actor by, Instant now);
  }

  private static int carryOut(
      Exchange exchange, Step<List<String>> named, Step<Map<String, String>> tagged) {
    exchange.onlyQuery();
    NewRotation body = exchange.body(NewRotation.class);
    if (body.devices() != null && body.tags() == null) {
      return named.on(devices(exchange, body.devices()), exchange.actor(), exchange.now());
    }
    if (body.tags() == null || body.devices() != null) {
      throw Refusal.of(
          "", "Needed: either `devices`, a list of ids, or `tags`; `\"tags\": {}` is all devices.");
    }
    return tagged.on(DeviceApi.tags(body.tags()), exchange.actor(), exchange.now());
  }

  private static List<String> devices(Exchange exchange, List<@Nullable String> given) {
    if (given.isEmpty()) {
      throw Refusal.of("/devices", "Needed: at least one device.");
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      String id = given.get(i);
      if (id == null || !Device.ID.matcher(id).matches()) {
        throw Refusal.of("/devices/" + i, "Is no device's id.");
      }
      ids.add(id);
    }
    Collection<String> known = exchange.parts().devices().keysOf(ids).keySet();
    for (int i = 0; i < given.size(); i++) {
      if (!known.contains(given.get(i))) {
        throw Refusal.of("/devices/" + i, "No device has this id.");
      }
    }
    return List.copyOf(ids);
  }

  static Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state", "device", "tag");
    int limit = exchange.limit();
    String cursor = exchange.query("cursor");
    TokenCampaignStore campaign = exchange.parts().campaign();
    TokenCampaignStore.Filter filter = filter(exchange);
    List<TokenCampaignStore.Entry> found =
        campaign.list(filter, cursor == null ? null : DeviceApi.lastId(cursor), limit + 1);
    List<RotationView> items = found.stream().limit(limit).map(RotationApi::view).toList();
    Map<String, Integer> counts = new LinkedHashMap<>();
    campaign.counts(filter.tags()).forEach((state, count) -> counts.put(state.text(), count));
    String next = found.size() > limit ? DeviceApi.cursorOf(items.getLast().device()) : null;
    return Reply.ok(new Page(items, next, counts));
  }

  private static TokenCampaignStore.Filter filter(Exchange exchange) {
    String text = exchange.query("state");
    boolean open = "open".equals(text);
    State state =
        text == null || open
            ? null
            : State.of(text)
                .orElseThrow(
                    () ->
                        Refusal.of(
                            "?state",
                            "Must be asked, unable, handed-over, stored or done; or open: all but"
                                + " done."));
    return new TokenCampaignStore.Filter(
        state, open, exchange.query("device"), DeviceApi.tagFilter(exchange));
  }

  private static RotationView view(TokenCampaignStore.Entry entry) {
    return new RotationView(
        entry.device(),
        entry.state().text(),
        entry.askedAt(),
        entry.changedAt(),
        entry.handOvers(),
        entry.token(),
        entry.presence().text());
  }
}
