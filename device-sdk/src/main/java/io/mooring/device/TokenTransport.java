package io.mooring.device;

import io.mooring.device.internal.session.TokenDesk;
import io.mooring.device.internal.transport.Transport;
import io.mooring.device.internal.transport.WebSocketTransport;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects with the token that the device has at that time. */
final class TokenTransport implements Transport, TokenDesk.Keeper {
  private static final Logger log = LoggerFactory.getLogger(TokenTransport.class);
  private static final String PROTOCOL = "mooring.device.v1";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final URI endpoint;
  private final @Nullable TokenStore store;
  private volatile String token;

  /**
   * @param store null: the token stays as it is
   */
  TokenTransport(URI endpoint, String token, @Nullable TokenStore store) {
    this.endpoint = endpoint;
    this.token = token;
    this.store = store;
  }

  @Override
  public Link connect(Listener listener) {
    Map<String, String> headers = Map.of("Authorization", "Bearer " + token);
    return new WebSocketTransport(endpoint, PROTOCOL, headers, CONNECT_TIMEOUT).connect(listener);
  }

  @Override
  public boolean keepsTokens() {
    return store != null;
  }

  @Override
  public boolean keep(String next) {
    try {
      TokenShape.checked(next);
      if (store == null) {
        return false;
      }
      store.save(next);
    } catch (IOException | RuntimeException e) {
      log.warn("The hub's next token could not be stored; this device keeps the one it has", e);
      return false;
    }
    token = next;
    return true;
  }
}
