package io.mooring.hub.web;

import io.mooring.hub.presence.SessionQueries.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions of a device, of which each ended by some reason. */
final class SessionHistoryApi {
  private SessionHistoryApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor");
    int limit = exchange.limit();
    int device = exchange.device().device().key();
    List<Entry> found =
        exchange.parts().sessionHistory().list(device, before(exchange.query("cursor")), limit + 1);
    List<Entry> page = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? Long.toString(page.getLast().epoch()) : null;
    return Reply.ok(new DeviceApi.Page<>(page, next));
  }

  private static long before(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException _) {
      throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
    }
  }
}
