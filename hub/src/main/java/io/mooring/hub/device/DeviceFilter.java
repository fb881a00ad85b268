package io.mooring.hub.device;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which devices a list holds.
 *
 * @param text part of the id or the name, in any case; null: any
 * @param state null: any
 * @param enabled whether operators let them connect; null: any
 * @param tags all of these; empty: any
 * @param token only the one that has the token of this id, valid or not; null: any
 */
public record DeviceFilter(
    @Nullable String text,
    @Nullable PresenceState state,
    @Nullable Boolean enabled,
    Map<String, String> tags,
    @Nullable String token) {
  public static final DeviceFilter ALL = new DeviceFilter(null, null, null, Map.of(), null);
}
