package io.mooring.hub.audit;

import io.mooring.hub.db.Timestamps;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change about to be written to the audit log. Filled in by whoever makes the change, then handed
 * to {@link AuditStore#append}; used by one thread.
 */
public final class Change {
  private final Actor by;
  private final Instant at;
  private final String action;
  private final String target;
  private final Map<String, Object> before = new LinkedHashMap<>();
  private final Map<String, Object> after = new LinkedHashMap<>();

  private Change(Actor by, Instant at, String action, String target) {
    this.by = by;
    this.at = Timestamps.kept(at);
    this.action = action;
    this.target = target;
  }

  /**
   * Begins a change.
   *
   * @param action what kind of thing and what is done to it: {@code user.create}
   * @param target its path in the API below {@code /api/v1/}: {@code users/eve}
   */
  public static Change of(Actor by, Instant at, String action, String target) {
    return new Change(by, at, action, target);
  }

  /** How something was; null is left out. Never a secret. */
  public Change before(String what, @Nullable Object value) {
    return put(before, what, value);
  }

  /** How something is now; null is left out. Never a secret. */
  public Change after(String what, @Nullable Object value) {
    return put(after, what, value);
  }

  private Change put(Map<String, Object> side, String what, @Nullable Object value) {
    if (value != null) {
      side.put(what, plain(value));
    }
    return this;
  }

  /** As JSON has it. */
  private static Object plain(Object value) {
    return switch (value) {
      case Number number -> number;
      case Boolean flag -> flag;
      case Map<?, ?> map -> new LinkedHashMap<>(map);
      case Collection<?> many -> List.copyOf(many);
      default -> value.toString();
    };
  }

  Actor by() {
    return by;
  }

  Instant at() {
    return at;
  }

  String action() {
    return action;
  }

  String target() {
    return target;
  }

  Map<String, Object> before() {
    return Collections.unmodifiableMap(before);
  }

  Map<String, Object> after() {
    return Collections.unmodifiableMap(after);
  }
}
