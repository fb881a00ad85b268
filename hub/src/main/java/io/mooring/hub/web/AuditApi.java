package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditEntry;
import io.mooring.hub.audit.AuditFilter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The audit log. */
final class AuditApi {
  record EntryView(
      String id,
      Instant at,
      ActorView actor,
      @Nullable String address,
      String action,
      String target,
      JsonNode before,
      JsonNode after) {}

  record ActorView(String kind, String id, String name) {}

  private AuditApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "who", "action", "target", "from", "to");
    int limit = exchange.limit();
    AuditFilter filter =
        new AuditFilter(
            exchange.query("who"),
            exchange.query("action"),
            exchange.query("target"),
            Text.instant("?from", exchange.query("from")),
            Text.instant("?to", exchange.query("to")));
    List<AuditEntry> found =
        exchange.parts().audit().list(filter, before(exchange.query("cursor")), limit + 1);
    List<AuditEntry> page = found.subList(0, Math.min(limit, found.size()));
    return Reply.ok(
        new DeviceApi.Page<>(
            page.stream().map(AuditApi::view).toList(),
            found.size() > limit ? cursorAt(page.getLast().place()) : null));
  }

  private static EntryView view(AuditEntry entry) {
    Actor by = entry.by();
    return new EntryView(
        Long.toString(entry.id()),
        entry.at(),
        new ActorView(by.kind().text(), by.id(), by.name()),
        by.address(),
        entry.action(),
        entry.target(),
        entry.before(),
        entry.after());
  }

  private static String cursorAt(AuditEntry.Place last) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, last.at()))
            .putLong(last.id())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static AuditEntry.@Nullable Place before(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.remaining() == 16) {
        Instant at = Instant.EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS);
        if (Text.isStorable(at)) {
          return new AuditEntry.Place(at, bytes.getLong());
        }
      }
    } catch (IllegalArgumentException _) {
      // refused below
    }
    throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
  }
}
