package io.mooring.hub.cluster;

import io.mooring.hub.config.ClusterConfig;
import io.mooring.hub.tls.ClientTls;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus between processes. It connects in the background, again and again, to whichever of the
 * servers answers; meanwhile what is published is dropped. Takers are called on one thread, in the
 * order in which this hub's server sends.
 */
public final class NatsBus implements Bus {
  private static final Logger LOG = LoggerFactory.getLogger(NatsBus.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration RECONNECT_WAIT = Duration.ofMillis(500);

  /** A server whose packets vanish is given up after three of them. */
  private static final Duration PING = Duration.ofSeconds(2);

  /** Between a connection that was given up and the next one. */
  private static final Duration ANEW = Duration.ofSeconds(2);

  /** Messages that wait to be sent; beyond it they are dropped. */
  private static final int OUTGOING = 10_000;

  /** What somebody listens to, on whichever connection there is. */
  private static final class Wanted {
    private final String subject;
    private final java.util.function.Consumer<byte[]> taker;
    private io.nats.client.@Nullable Subscription made; // guarded by the bus

    Wanted(String subject, java.util.function.Consumer<byte[]> taker) {
      this.subject = subject;
      this.taker = taker;
    }

    void take(byte[] message) {
      try {
        taker.accept(message);
      } catch (RuntimeException e) {
        LOG.warn("A message of {} was not taken", subject, e);
      }
    }
  }

  private final NatsTrouble trouble;
  private final String prefix;
  private final Options options;
  private final Semaphore pause = new Semaphore(0);
  private final Thread connecting =
      Thread.ofVirtual().name("nats-connect").unstarted(this::connect);
  private final Semaphore toConnect = new Semaphore(1);
  private final List<Wanted> wanted = new ArrayList<>(); // guarded by this
  private @Nullable Dispatcher dispatcher; // guarded by this
  private boolean closed; // guarded by this
  private volatile @Nullable Connection connection;

  /**
   * Begins to connect.
   *
   * @param name of this node, for those who look at the server
   * @throws io.mooring.hub.tls.TlsException when the files for TLS cannot be used
   */
  public NatsBus(ClusterConfig.Nats config, String name, InstantSource clock) {
    this.trouble = new NatsTrouble(config, clock);
    this.prefix = config.subject() + ".";
    options = options(config, name);
    connecting.start();
  }

  private Options options(ClusterConfig.Nats config, String name) {
    Options.Builder options =
        new Options.Builder()
            .servers(config.servers().toArray(String[]::new))
            .connectionName("mooring/" + name)
            .connectionTimeout(CONNECT_TIMEOUT)
            .reconnectWait(RECONNECT_WAIT)
            .maxReconnects(-1)
            .pingInterval(PING)
            .maxPingsOut(3)
            // A hint that comes late is worth nothing: the roll call was there before.
            .reconnectBufferSize(0)
            .maxMessagesInOutgoingQueue(OUTGOING)
            .discardMessagesWhenOutgoingQueueFull()
            .connectionListener(new Watch())
            .errorListener(new Errors());
    String user = config.user();
    String token = config.token();
    if (user != null) {
      String password = config.password();
      options.userInfo(user.toCharArray(), (password == null ? "" : password).toCharArray());
    } else if (token != null) {
      options.token(token.toCharArray());
    }
    ClusterConfig.Tls tls = config.tls();
    if (tls != null) {
      options.sslContext(ClientTls.context(tls));
    }
    return options.build();
  }

  /**
   * Connects, and does so anew when the library has given a connection up, as it does when servers
   * refuse the credentials twice.
   */
  private void connect() {
    try {
      while (!isClosed()) {
        toConnect.acquire();
        var _ = toConnect.drainPermits();
        try {
          connected(Nats.connectReconnectOnConnect(options));
        } catch (IOException | IllegalStateException e) {
          LOG.debug("NATS", e); // the listener has heard of what led to it
          toConnect.release();
        }
        var _ = pause.tryAcquire(ANEW.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void connected(Connection made) throws InterruptedException {
    if (closed) {
      made.close();
      return;
    }
    Dispatcher taking = made.createDispatcher();
    dispatcher = taking;
    connection = made;
    wanted.forEach(one -> one.made = subscribe(taking, one));
  }

  private static io.nats.client.Subscription subscribe(Dispatcher dispatcher, Wanted one) {
    return dispatcher.subscribe(one.subject, message -> one.take(message.getData()));
  }

  @Override
  public void publish(String subject, byte[] message) {
    Connection there = connection;
    if (there == null || trouble.isAway()) {
      return;
    }
    try {
      there.publish(prefix + subject, message);
    } catch (IllegalStateException | IllegalArgumentException e) {
      LOG.debug("Not published to {}: {}", subject, e.toString());
    }
  }

  @Override
  public synchronized Subscription subscribe(
      String subject, java.util.function.Consumer<byte[]> taker) {
    Wanted one = new Wanted(prefix + subject, taker);
    wanted.add(one);
    Dispatcher there = dispatcher;
    if (there != null) {
      one.made = subscribe(there, one);
    }
    return () -> unsubscribe(one);
  }

  private synchronized void unsubscribe(Wanted one) {
    Dispatcher there = dispatcher;
    io.nats.client.Subscription made = one.made;
    if (wanted.remove(one) && there != null && made != null && !closed) {
      there.unsubscribe(made);
    }
  }

  @Override
  public Optional<String> problem() {
    return trouble.problem();
  }

  @Override
  public void close() {
    Connection there;
    synchronized (this) {
      closed = true;
      there = connection;
    }
    connecting.interrupt();
    if (there != null) {
      close(there);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Watch implements ConnectionListener {
    @Override
    @SuppressWarnings("deprecation") // the newer form has a default that calls this one
    public void connectionEvent(Connection there, Events event) {
      switch (event) {
        case CONNECTED, RECONNECTED, RESUBSCRIBED -> trouble.answers(there.getConnectedUrl());
        case DISCONNECTED, CLOSED -> {
          if (event == Events.CLOSED) {
            toConnect.release();
          }
          if (!isClosed()) {
            trouble.lost(there.getLastError());
          }
        }
        case DISCOVERED_SERVERS, LAME_DUCK -> LOG.debug("NATS: {}", event);
      }
    }
  }

  /** The library's own listener writes stack traces to the log for each attempt to connect. */
  private final class Errors implements ErrorListener {
    @Override
    public void errorOccurred(Connection there, String error) {
      trouble.told(error);
    }

    @Override
    public void exceptionOccurred(Connection there, Exception error) {
      if (isClosed()) {
        // It was still being made when the bus was closed, and would be tried for ever.
        var _ = Thread.startVirtualThread(() -> close(there));
      } else {
        trouble.failed(error);
      }
    }

    @Override
    public void slowConsumerDetected(Connection there, Consumer consumer) {
      LOG.warn("Hints of other hubs come faster than they are taken; some are dropped");
    }
  }
}
