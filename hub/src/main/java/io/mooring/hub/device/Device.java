package io.mooring.hub.device;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A device as operators know it.
 *
 * @param key the hub's own number for it; never used again, also not for a later device of this id
 * @param tags sorted by key
 */
public record Device(
    int key,
    String id,
    String name,
    Map<String, String> tags,
    boolean enabled,
    Instant createdAt,
    Instant updatedAt) {
  /** What an id may look like. */
  public static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

  /** Another one after each change, and of no other device. */
  public String version() {
    return key + "-" + ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
  }
}
