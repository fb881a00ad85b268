package io.mooring.device;

import io.mooring.device.internal.session.TokenDesk;
import io.mooring.device.internal.transport.Transport;
import io.mooring.device.internal.transport.WebSocketTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects with the token that the device has at that time, or by a certificate. */
final class TokenTransport implements Transport, TokenDesk.Keeper {
  private static final Logger log = LoggerFactory.getLogger(TokenTransport.class);
  private static final String PROTOCOL = "mooring.device.v1";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final URI endpoint;
  private final @Nullable TokenStore store;
  private final @Nullable SSLSocketFactory tls;
  private volatile @Nullable String token;

  /**
   * @param token null: the store has it, or a certificate stands for it
   * @param store null: the token stays as it is
   * @param tls how wss is spoken; null: as the JVM does
   * @throws UncheckedIOException when the store has no token
   */
  TokenTransport(
      URI endpoint,
      @Nullable String token,
      @Nullable TokenStore store,
      @Nullable SSLSocketFactory tls) {
    this.endpoint = endpoint;
    this.token = store == null ? token : load(store);
    this.store = store;
    this.tls = tls;
  }

  private static String load(TokenStore store) {
    try {
      return TokenShape.checked(store.load());
    } catch (IOException e) {
      throw new UncheckedIOException("the token cannot be loaded: " + e.getMessage(), e);
    }
  }

  @Override
  public Link connect(Listener listener) {
    String shown = token;
    Map<String, String> headers =
        shown == null ? Map.of() : Map.of("Authorization", "Bearer " + shown);
    return new WebSocketTransport(endpoint, PROTOCOL, headers, CONNECT_TIMEOUT, tls)
        .connect(listener);
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
