package io.mooring.hub.audit;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * A change as it stands in the audit log.
 *
 * @param before how the thing was, as far as the change concerns it; an empty object when it is new
 * @param after how it is now; an empty object when it is gone
 */
public record AuditEntry(
    long id, Instant at, Actor by, String action, String target, JsonNode before, JsonNode after) {

  /** The entry's place in the log, for paging. */
  public Place place() {
    return new Place(at, id);
  }

  /** Where a page ends. */
  public record Place(Instant at, long id) {}
}
