package io.mooring.hub.gateway;

import io.mooring.hub.admission.Strangers;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
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
 *
 * <p>A server that has {@link Strangers} among its beans bounds by them the connections of all its
 * connectors whose peers are not known.
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
    Strangers strangers = getServer().getBean(Strangers.class);
    SocketChannelEndPoint made =
        new HubEndPoint(channel, selector, key, layered, getScheduler(), strangers);
    made.setIdleTimeout(getIdleTimeout());
    return made;
  }

  /** Not earlier: Jetty would never forget one that is closed before this. */
  @Override
  protected void onEndPointOpened(EndPoint endPoint) {
    super.onEndPointOpened(endPoint);
    if (endPoint instanceof HubEndPoint ours) {
      ours.came();
    }
  }

  /** The peer of this request has shown who it is: its connection is no stranger's any more. */
  static void known(Request request) {
    HubEndPoint endPoint = endPoint(request);
    if (endPoint != null) {
      endPoint.known();
    }
  }

  /** A whole request has come: its peer is not silent. Returns the same, as Jetty wants it. */
  public static Request asked(Request request) {
    HubEndPoint endPoint = endPoint(request);
    if (endPoint != null && endPoint.strangers != null) {
      endPoint.strangers.asked(endPoint);
    }
    return request;
  }

  /**
   * Runs tasks on the thread that reads this request's connection, each after the sockets that wait
   * for it. Whoever makes Jetty read a socket on another thread lends that thread to the peer, who
   * keeps it for as long as he sends.
   */
  static Executor selector(Request request) {
    HubEndPoint endPoint = endPoint(request);
    if (endPoint == null) {
      throw new IllegalStateException("not a connection of a HubConnector");
    }
    return endPoint;
  }

  private static @Nullable HubEndPoint endPoint(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return endPoint instanceof HubEndPoint ours ? ours : null;
  }

  private static final class HubEndPoint extends SocketChannelEndPoint
      implements Strangers.Socket, Executor {
    private final @Nullable Strangers strangers;
    private final ManagedSelector selector;
    private final boolean layered;

    HubEndPoint(
        SocketChannel channel,
        ManagedSelector selector,
        SelectionKey key,
        boolean layered,
        Scheduler scheduler,
        @Nullable Strangers strangers) {
      super(channel, selector, key, scheduler);
      this.selector = selector;
      this.layered = layered;
      this.strangers = strangers;
    }

    @Override
    public void execute(Runnable task) {
      selector.submit(_ -> task.run());
    }

    private void came() {
      if (strangers != null) {
        boolean isIp = getRemoteSocketAddress() instanceof InetSocketAddress;
        strangers.came(
            this, isIp ? ((InetSocketAddress) getRemoteSocketAddress()).getAddress() : null);
      }
    }

    @Override
    public void cut() {
      close();
    }

    @Override
    public void known() {
      if (strangers != null) {
        strangers.left(this);
      }
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
      known();
      super.onClose(cause);
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
