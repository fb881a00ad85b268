package io.mooring.hub.gateway;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.jspecify.annotations.Nullable;

/**
 * Listens for devices and for HTTP. What devices send is dealt with on the selector's own thread,
 * handshakes and frames, as it waits for nothing but locks held for moments, and the log: to start
 * a thread for each would cost more than most frames do. Hence as many selectors as there are
 * processors. Other requests are handed on: see {@link OnVirtualThreads}.
 */
public final class HubConnector extends ServerConnector {
  private final boolean layered;

  /** Makes one for these layers of protocol, the outermost first; HTTP is the last. */
  public HubConnector(Server server, ConnectionFactory... layers) {
    super(server, null, null, null, 1, Runtime.getRuntime().availableProcessors(), layers);
    layered = layers.length > 1;
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    SocketChannelEndPoint made = new HubEndPoint(channel, selector, key, layered, getScheduler());
    made.setIdleTimeout(getIdleTimeout());
    return made;
  }

  private static final class HubEndPoint extends SocketChannelEndPoint {
    private final boolean layered;

    HubEndPoint(
        SocketChannel channel,
        ManagedSelector selector,
        SelectionKey key,
        boolean layered,
        Scheduler scheduler) {
      super(channel, selector, key, scheduler);
      this.layered = layered;
    }

    @Override
    public void fillInterested(Callback callback) {
      super.fillInterested(isWebSocket(getConnection()) ? new OnSelector(callback) : callback);
    }

    /** Under TLS it is the connection within; whose classes a hub without TLS never loads. */
    private boolean isWebSocket(@Nullable Connection connection) {
      return connection instanceof WebSocketConnection
          || (layered
              && connection instanceof SslConnection tls
              && tls.getSslEndPoint().getConnection() instanceof WebSocketConnection);
    }
  }

  /** Called where the selector finds that there is something to read. */
  private record OnSelector(Callback callback) implements Callback {
    @Override
    public void succeeded() {
      callback.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
      callback.failed(failure);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
