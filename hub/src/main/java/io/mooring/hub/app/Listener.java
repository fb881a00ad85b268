package io.mooring.hub.app;

import io.mooring.hub.config.Listen;
import io.mooring.hub.gateway.AtPort;
import io.mooring.hub.gateway.HubConnector;
import io.mooring.hub.gateway.ProxyProtocol;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.web.AlwaysHttps;
import io.mooring.hub.web.TrustedProxies;
import io.mooring.hub.web.WebHandler;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Where the hub listens: addresses, TLS, and whom it believes. */
final class Listener {
  /**
   * Connections that the kernel holds until they are accepted, as many as it allows anyway (Linux:
   * net.core.somaxconn, 4096). With Jetty's 50 a fleet that comes back at once loses its first
   * packets, which are sent again only after 1, 3, 7 … seconds.
   */
  private static final int ACCEPT_QUEUE = 4096;

  private final Listen listen;
  private final @Nullable TlsWatch tls;
  private final ServerConnector devices;

  /** The same where operators have no port of their own. */
  private final ServerConnector web;

  /**
   * Does not listen before the server is started.
   *
   * @throws io.mooring.hub.tls.TlsException when files for TLS cannot be used
   */
  Listener(Server server, Listen listen, InstantSource clock, Metrics metrics) {
    this.listen = listen;
    Listen.Tls files = listen.tls();
    tls = files == null ? null : TlsWatch.start(files, clock);
    if (tls != null) {
      metrics.watchCertificate(() -> tls.expiresAt().getEpochSecond(), tls::isBroken);
    }
    devices = connector(server, listen.devices(), true);
    web = listen.operators() == null ? devices : connector(server, listen.operators(), false);
  }

  private ServerConnector connector(Server server, Listen.Address at, boolean forDevices) {
    ServerConnector connector = new HubConnector(server, layers(forDevices));
    connector.setHost(at.host());
    connector.setPort(at.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    return connector;
  }

  private ConnectionFactory[] layers(boolean forDevices) {
    List<ConnectionFactory> layers = new ArrayList<>(List.of(new HttpConnectionFactory(http())));
    if (tls != null) {
      layers.addFirst(tls.certificate(forDevices).around(layers.getFirst()));
    }
    if (listen.proxies().protocol()) {
      layers.addFirst(new ProxyProtocol(listen.proxies().trusted(), layers.getFirst()));
    }
    return layers.toArray(ConnectionFactory[]::new);
  }

  private HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(8 * 1024);
    if (tls != null) {
      // One certificate for whatever name or address it is called by: the caller judges that.
      http.addCustomizer(new SecureRequestCustomizer(false));
    }
    http.addCustomizer((request, _) -> HubConnector.asked(request));
    http.addCustomizer(new TrustedProxies(listen.proxies().trusted()));
    if (listen.proxies().https()) {
      http.addCustomizer(new AlwaysHttps());
    }
    return http;
  }

  Scheduler scheduler() {
    return devices.getScheduler();
  }

  /** Lets a handler see only what comes in where devices connect. */
  Handler forDevices(Handler handler) {
    return web.equals(devices) ? handler : new AtPort(devices, Set.of(), handler);
  }

  /** Lets a handler see only what comes in where people and programs are, and new devices. */
  Handler forOperators(Handler handler) {
    return web.equals(devices) ? handler : new AtPort(web, Set.of(WebHandler.ENROL), handler);
  }

  /** Looks whether files have changed; to be called every few seconds. */
  void look() {
    if (tls != null) {
      tls.look();
    }
  }

  /** Where people and programs reach it, such as {@code http://127.0.0.1:7070}. */
  URI uri() {
    return uri(tls == null ? "http" : "https", listen.web(), web);
  }

  /** Where devices do, such as {@code ws://127.0.0.1:7070}. */
  URI deviceUri() {
    return uri(tls == null ? "ws" : "wss", listen.devices(), devices);
  }

  private static URI uri(String scheme, Listen.Address at, ServerConnector connector) {
    boolean anywhere = at.host().isEmpty() || at.host().equals("0.0.0.0") || at.host().equals("::");
    String host = anywhere ? "127.0.0.1" : at.host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create(scheme + "://" + shown + ":" + connector.getLocalPort());
  }

  /** Accepts nothing more. */
  void shutdown() {
    var _ = devices.shutdown();
    var _ = web.shutdown();
  }

  /** They move the bytes, and deal with devices. */
  static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(200, 4);
    threads.setName("http");
    return threads;
  }
}
