package io.mooring.device;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the address of a hub looks like; a wrong one is refused without repeating it. */
final class HubAddress {
  private static final String EXAMPLES = "wss://hub.example.com or ws://127.0.0.1:7070";

  private HubAddress() {}

  /** Null when there is none. */
  static @Nullable URI of(@Nullable String hub) {
    if (hub == null || hub.isBlank()) {
      return null;
    }
    try {
      return new URI(hub.strip());
    } catch (URISyntaxException e) {
      // Without the cause, which repeats what was given: there may be a password in it.
      throw new IllegalArgumentException(
          "the hub's address must look like " + EXAMPLES + "; " + e.getReason());
    }
  }

  /**
   * Where the WebSocket is, with the path if there is none.
   *
   * @throws IllegalArgumentException when it is no address of a hub
   */
  static URI endpoint(@Nullable URI hub) {
    if (hub == null) {
      throw new IllegalArgumentException(
          "there is no address of the hub (is its setting, or the variable, empty?); it looks like "
              + EXAMPLES);
    }
    String scheme = hub.getScheme() == null ? "" : hub.getScheme().toLowerCase(Locale.ROOT);
    if (!Set.of("ws", "wss").contains(scheme) || hub.getHost() == null) {
      throw new IllegalArgumentException("the hub's address must look like " + EXAMPLES);
    }
    if (hub.getRawUserInfo() != null || hub.getRawQuery() != null || hub.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the hub's address must have no user, query or fragment; the token goes into the header");
    }
    String path = hub.getRawPath();
    boolean noPath = path == null || path.isEmpty() || path.equals("/");
    return URI.create(scheme + "://" + hub.getRawAuthority() + (noPath ? "/device" : path));
  }
}
