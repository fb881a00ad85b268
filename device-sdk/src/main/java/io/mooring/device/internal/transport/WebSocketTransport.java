package io.mooring.device.internal.transport;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Transport over Java-WebSocket: no compression, no timers of its own, host name verified with TLS.
 *
 * @param endpoint ws or wss
 * @param protocol the sub-protocol to ask for; a server that does not confirm it is left again
 * @param headers of the handshake request
 * @param connectTimeout for the TCP connection alone
 * @param tls how wss is spoken; null: as the JVM does
 */
public record WebSocketTransport(
    URI endpoint,
    String protocol,
    Map<String, String> headers,
    Duration connectTimeout,
    @Nullable SSLSocketFactory tls)
    implements Transport {

  @Override
  public Link connect(Listener listener) {
    WebSocketLink link = new WebSocketLink(this, listener);
    link.connect();
    return link;
  }

  /** Without the headers, which hold the token. */
  @Override
  public String toString() {
    return "WebSocketTransport[" + endpoint + "]";
  }
}
