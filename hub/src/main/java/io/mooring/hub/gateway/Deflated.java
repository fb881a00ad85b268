package io.mooring.hub.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.websocket.core.AbstractExtension;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate (RFC 7692) of what devices send. It only lets the bit pass that marks a
 * compressed message; {@link DeviceEndpoint} inflates the message once it is whole, so that a
 * connection holds nothing for it. What the hub sends is short and goes out as it is, which the RFC
 * leaves to each side.
 *
 * <p>Public with a public constructor, as Jetty makes one for each connection by reflection.
 */
public final class Deflated extends AbstractExtension {
  static final String NAME = "permessage-deflate";

  private static final String SERVER_FORGETS = "server_no_context_takeover";
  private static final String CLIENT_FORGETS = "client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";
  private static final String CLIENT_WINDOW = "client_max_window_bits";

  /** A number as the RFC writes it. */
  private static final Set<String> WINDOW_BITS =
      Set.of("8", "9", "10", "11", "12", "13", "14", "15");

  /** For Jetty. */
  public Deflated() {}

  /**
   * The hub's answer to the first offer it can take: each message is compressed by itself, whatever
   * the device wished.
   */
  static Optional<ExtensionConfig> answer(List<ExtensionConfig> offers) {
    return offers.stream().filter(Deflated::canTake).findFirst().map(Deflated::answer);
  }

  private static ExtensionConfig answer(ExtensionConfig offer) {
    Map<String, @Nullable String> agreed = new HashMap<>();
    agreed.put(SERVER_FORGETS, null);
    agreed.put(CLIENT_FORGETS, null);
    if (offer.getParameterKeys().contains(SERVER_WINDOW)) {
      // Must be promised where it is asked for; a hub that compresses nothing keeps any bound.
      agreed.put(SERVER_WINDOW, offer.getParameters().get(SERVER_WINDOW));
    }
    return new ExtensionConfig(NAME, agreed);
  }

  /** An offer that is not of the RFC's form must be declined. */
  private static boolean canTake(ExtensionConfig offer) {
    return offer.getName().equalsIgnoreCase(NAME)
        && offer.getParameters().entrySet().stream()
            .allMatch(entry -> isValid(entry.getKey(), entry.getValue()));
  }

  private static boolean isValid(String key, @Nullable String value) {
    return switch (key) {
      case SERVER_FORGETS, CLIENT_FORGETS -> value == null;
      case SERVER_WINDOW -> value != null && WINDOW_BITS.contains(value);
      case CLIENT_WINDOW -> value == null || WINDOW_BITS.contains(value);
      default -> false;
    };
  }

  @Override
  public boolean isRsv1User() {
    return true;
  }
}
