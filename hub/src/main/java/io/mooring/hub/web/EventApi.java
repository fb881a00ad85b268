package io.mooring.hub.web;

import io.mooring.hub.access.Scope;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The event stream: its parameters, and what its events look like. */
final class EventApi {
  private static final String TELEMETRY = "telemetry";
  private static final Set<String> TYPES =
      Set.of("presence", "command", "job", "progress", TELEMETRY);
  private static final int MOST_DEVICES = 100;
  private static final int MOST_PAST = 500;

  /**
   * What a stream is to hold.
   *
   * @param devices keys; empty: all
   * @param afterId null: from now on
   */
  record Wanted(Set<Integer> devices, Set<String> types, @Nullable Long afterId) {
    boolean telemetry() {
      return types.contains(TELEMETRY);
    }
  }

  private final EventStreams streams;

  EventApi(EventStreams streams) {
    this.streams = streams;
  }

  Reply stream(Exchange exchange) {
    exchange.onlyQuery("device", "type", "last");
    if (!exchange.request().getMethod().equals("GET")) {
      throw Refusal.of("", "The stream is only to be had by GET.");
    }
    int last = last(exchange.query("last"));
    Set<Integer> devices = devices(exchange);
    Set<String> types = types(exchange);
    Long afterId = afterId(exchange.header("Last-Event-ID"));
    if (afterId != null && afterId > exchange.parts().events().newest()) {
      throw Refusal.of(
          "Last-Event-ID",
          "Is newer than the newest event: the database may have been restored."
              + " Leave it out to begin with now.");
    }
    if (afterId == null && last > 0) {
      afterId = exchange.parts().events().beforeLast(last, devices, types);
    }
    Wanted wanted = new Wanted(devices, types, afterId);
    if (wanted.telemetry() && wanted.devices().isEmpty()) {
      throw Refusal.of("?type", "Telemetry comes only for devices named by `device`.");
    }
    if (wanted.telemetry() && !exchange.caller().mayAny(Set.of(Scope.TELEMETRY_READ))) {
      throw Refusal.forbidden("Telemetry events need the scope telemetry:read.");
    }
    return streams.open(exchange, wanted);
  }

  private static Set<Integer> devices(Exchange exchange) {
    Set<String> ids = Set.copyOf(exchange.queries("device"));
    if (ids.size() > MOST_DEVICES) {
      throw Refusal.of("?device", "At most %d devices.".formatted(MOST_DEVICES));
    }
    if (ids.isEmpty()) {
      return Set.of();
    }
    Map<String, Integer> keys = exchange.parts().devices().keysOf(ids);
    for (String id : ids) {
      if (!keys.containsKey(id)) {
        throw Refusal.notFound("No device has the id " + id + ".");
      }
    }
    return Set.copyOf(keys.values());
  }

  private static Set<String> types(Exchange exchange) {
    String text = exchange.query("type");
    if (text == null) {
      return Set.of("presence", "command", "job");
    }
    Set<String> types = new HashSet<>();
    for (String type : text.split(",", -1)) {
      if (!TYPES.contains(type.strip())) {
        throw Refusal.of(
            "?type", "Must be some of presence, command, job, progress, telemetry, with commas.");
      }
      types.add(type.strip());
    }
    return types;
  }

  private static int last(@Nullable String text) {
    try {
      int last = text == null ? 0 : Integer.parseInt(text);
      if (last >= 0 && last <= MOST_PAST) {
        return last;
      }
    } catch (NumberFormatException _) {
      // refused below
    }
    throw Refusal.of("?last", "Must be a whole number from 0 to %d.".formatted(MOST_PAST));
  }

  private static @Nullable Long afterId(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      long id = Long.parseLong(text);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException _) {
      // refused below
    }
    throw Refusal.of("Last-Event-ID", "Must be the id of an event of this stream.");
  }
}
