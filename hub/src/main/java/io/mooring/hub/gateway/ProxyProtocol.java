package io.mooring.hub.gateway;

import io.mooring.hub.config.Networks;
import java.net.InetSocketAddress;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;

/**
 * The PROXY protocol, version 1 or 2, by which a proxy of bytes tells whose they are before it
 * passes them on. Only trusted proxies may use it: anybody else could give himself any address.
 */
public final class ProxyProtocol extends ProxyConnectionFactory {
  private final Networks trusted;
  private final ConnectionFactory within;

  public ProxyProtocol(Networks trusted, ConnectionFactory within) {
    super(within.getProtocol());
    this.trusted = trusted;
    this.within = within;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress peer
            && trusted.contains(peer.getAddress())
        ? super.newConnection(connector, endPoint)
        : within.newConnection(connector, endPoint);
  }
}
