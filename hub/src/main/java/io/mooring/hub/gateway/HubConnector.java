package io.mooring.hub.gateway;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/**
 * Listens for devices and for HTTP. What devices send is dealt with on the selector's own thread,
 * handshakes and frames, as it waits for nothing but locks held for moments, and the log: to start
 * a thread for each would cost more than most frames do. Hence as many selectors as there are
 * processors. Other requests are handed on: see {@link OnVirtualThreads}.
 */
public final class HubConnector extends ServerConnector {
  public HubConnector(Server server, ConnectionFactory http) {
    super(server, null, null, null, 1, Runtime.getRuntime().availableProcessors(), http);
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    SocketChannelEndPoint made = new HubEndPoint(channel, selector, key, getScheduler());
    made.setIdleTimeout(getIdleTimeout());
    return made;
  }

  private static final class HubEndPoint extends SocketChannelEndPoint {
    HubEndPoint(
        SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
      super(channel, selector, key, scheduler);
    }

    @Override
    public void fillInterested(Callback callback) {
      super.fillInterested(
          getConnection() instanceof WebSocketConnection ? new OnSelector(callback) : callback);
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
