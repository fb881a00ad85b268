package io.mooring.hub.app;

import io.mooring.hub.admission.Strangers;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseSize;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.gateway.CertificateHandshake;
import io.mooring.hub.gateway.DeviceHandler;
import io.mooring.hub.gateway.Handshake;
import io.mooring.hub.gateway.OnVirtualThreads;
import io.mooring.hub.gateway.TokenHandshake;
import io.mooring.hub.ops.Health;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.web.CredentialGuard;
import io.mooring.hub.web.HealthHandler;
import io.mooring.hub.web.MetricsHandler;
import io.mooring.hub.web.ProblemErrorHandler;
import io.mooring.hub.web.WebHandler;
import io.mooring.hub.web.WebParts;
import io.mooring.hub.webhook.Webhooks;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running hub: every part is made here, by hand, from the database up to the sockets. */
public final class Hub implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
  private static final Duration SIZE_PERIOD = Duration.ofMinutes(1);
  private static final Duration TOKEN_USES_PERIOD = Duration.ofSeconds(10);
  private static final Duration KNOWN_PERIOD = Duration.ofMinutes(10);
  private static final int MOST_KNOWN = 150_000;
  private static final Duration LEASE_PERIOD = Duration.ofMillis(250);

  private static final Duration TLS_PERIOD = Duration.ofSeconds(2);

  private final HubConfig config;
  private final DataPath path;
  private final Webhooks webhooks;
  private final WebHandler web;
  private final Database handshakes;
  private final Server server;
  private final Listener listener;
  private final Strangers strangers;
  private final Membership membership;
  private final Runnable farewell;
  private final StoredRates rates;
  private final Drain drain;
  private volatile boolean draining;
  private volatile boolean lost;
  private volatile boolean abandoned;

  private Hub(HubConfig config, Database database, NodeLock lock, Membership membership) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    Metrics metrics = new Metrics();
    this.config = config;
    server = new Server(Listener.threads());
    listener =
        new Listener(server, config.listen(), clock, metrics); // first, as its files may be wrong
    this.membership = membership;
    path = DataPath.start(config, database, clock, System::nanoTime, random, metrics, membership);
    farewell = OtherHubs.without(path, membership, database, random);
    webhooks = Api.webhooks(config, membership, path, database, clock, random, metrics);
    BooleanSupplier leads = membership::leads;
    rates = new StoredRates(path.telemetryWrites());
    path.every(Duration.ofSeconds(1), rates::sample);
    LongSupplier mergedRows = History.telemetry(path, database, clock, config, leads);
    DeletedDeviceStore deleted = new DeletedDeviceStore(database, path.commands()::deleted);
    History.prune(path, webhooks, database, clock, config, deleted, leads);
    DatabaseSize size = new DatabaseSize(database);
    path.everyBlocking(SIZE_PERIOD, size::sample);
    metrics.watch(
        Figures.of(path, config, mergedRows, size, database.reachability(), membership.peers()));

    SessionRegistry registry = path.sessions().registry();
    drain = new Drain(registry, path::returnWindow, random, System::nanoTime);
    Credentials ender = new Credentials(registry, path.known(), membership.peers());
    handshakes = database.aside("mooring-handshakes");
    DeviceCertificates certificates = new DeviceCertificates(database, handshakes, ender);
    SocketLimits sockets = config.limits().sockets();
    var guard = new CredentialGuard(sockets, path.known(), System::nanoTime, metrics);
    path.every(Duration.ofSeconds(10), guard::sweep);
    WebParts parts =
        Api.parts(
            config,
            membership,
            path,
            webhooks,
            database,
            ender,
            deleted,
            certificates,
            clock,
            random,
            rates,
            metrics,
            guard);
    web = new WebHandler(parts);
    path.everyBlocking(KNOWN_PERIOD, () -> guard.learn(parts.keys(), parts.enrolmentKeys()));
    Networks proxies = config.listen().proxies().trusted();
    strangers = new Strangers(sockets, proxies, System::nanoTime, metrics);
    server.addBean(strangers);
    path.every(Duration.ofSeconds(1), strangers::sweep);
    metrics.watchStrangers(strangers::size);
    if (config.listen().tls() != null) {
      path.everyBlocking(TLS_PERIOD, listener::look);
    }
    Handshake handshake = handshake(database, certificates, clock, metrics);
    server.setHandler(handlers(handshake, health(database, lock), metrics));
    server.setErrorHandler(new ProblemErrorHandler());
  }

  private Handler handlers(Handshake handshake, Health health, Metrics metrics) {
    return new Handler.Sequence(
        listener.forDevices(new DeviceHandler(handshake, path.sessions(), listener.scheduler())),
        new OnVirtualThreads(
            VirtualThreads.getNamedVirtualThreadsExecutor("http-v-"),
            new Handler.Sequence(
                new HealthHandler(health),
                listener.forOperators(new Handler.Sequence(new MetricsHandler(metrics), web)))));
  }

  /**
   * Starts a hub on a migrated database; returns once it answers.
   *
   * @param lock on the database; when it is lost the hub ends its sessions and takes no more work
   */
  public static Hub start(HubConfig config, Database database, NodeLock lock) {
    return start(config, database, lock, Membership.alone(config.node()));
  }

  /** The same, perhaps as one of several. */
  public static Hub start(
      HubConfig config, Database database, NodeLock lock, Membership membership) {
    Hub hub = new Hub(config, database, lock, membership);
    try {
      LifeCycle.start(hub.server);
    } catch (RuntimeException e) {
      hub.path.close();
      hub.handshakes.close();
      hub.webhooks.close();
      throw e;
    }
    hub.lease(lock);
    lock.whenLost(hub::lose);
    LOG.info("Node {} listens on {}", config.node(), hub.uri());
    return hub;
  }

  private Handshake handshake(
      Database database, DeviceCertificates certificates, InstantSource clock, Metrics metrics) {
    DeviceAuthenticator authenticator = new DeviceAuthenticator(database, handshakes);
    path.everyBlocking(
        KNOWN_PERIOD,
        () -> authenticator.valid(MOST_KNOWN, clock.instant()).forEach(path.known()::add));
    path.everyBlocking(TOKEN_USES_PERIOD, authenticator.uses()::write);
    TokenHandshake tokens =
        new TokenHandshake(
            authenticator,
            config.limits().sockets(),
            path.known(),
            database.reachability()::isAway,
            clock,
            System::nanoTime,
            metrics);
    path.every(Duration.ofSeconds(10), tokens::sweep);
    return new CertificateHandshake(tokens, certificates);
  }

  /** By what is known already: whoever asks for health must not wait for a database. */
  private Health health(Database database, NodeLock lock) {
    Health health = new Health();
    health.add("database", database.reachability()::problem);
    health.add("node", lock::problem);
    health.add("draining", () -> draining ? Optional.of("the hub is going down") : drain.problem());
    if (membership.isShared()) {
      // What is not known of the others by hints is found by looking.
      health.note("nats", membership.peers()::problem);
    }
    return health;
  }

  /** Where people and programs reach it, such as {@code http://127.0.0.1:7070}. */
  public URI uri() {
    return listener.uri();
  }

  /** Where devices connect, such as {@code ws://127.0.0.1:7070}. */
  public URI deviceUri() {
    return listener.deviceUri();
  }

  /** Of {@link #deviceUri}. */
  public int port() {
    return deviceUri().getPort();
  }

  private void lease(NodeLock lock) {
    NodeLease lease = membership.lease();
    if (lease != null) {
      lease.tells(
          () ->
              new NodeStore.Figures(
                  path.sessions().registry().size(),
                  rates.readingsPerSecond(),
                  rates.valuesPerSecond(),
                  membership.peers().problem().orElse(null)));
      path.every(LEASE_PERIOD, () -> lease.over().ifPresent(lock::lose));
      path.every(LEASE_PERIOD, () -> drain.look(lease.isDraining()));
      membership.peers().follow(Api.WEBHOOKS, _ -> webhooks.changedElsewhere());
    }
  }

  /** Whether it has lost its part of the database and does no more work. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Whether it is one of several, has lost its lease, and could get another now. Asks the database.
   */
  public boolean mayStartAnew() {
    if (!abandoned || !membership.isShared()) {
      return false;
    }
    return handshakes.answers();
  }

  /** Another hub has the database, or what was this one's part of it. */
  private void lose() {
    lost = true;
    try {
      var _ = web.shutdown();
      if (membership.isShared()) {
        path.abandon();
      } else {
        path.close();
      }
      webhooks.close();
    } finally {
      abandoned = true;
    }
  }

  /** Sends devices away, writes what waits, refuses requests; health and metrics still answer. */
  private void endWork() {
    path.close();
    webhooks.close();
    var _ = web.shutdown();
    farewell.run();
  }

  /** Accepts nothing more, sends devices away, writes what waits, ends. */
  @Override
  public void close() {
    draining = true;
    listener.shutdown();
    if (!lost) {
      endWork();
    }
    strangers.close();
    server.setStopTimeout(Math.min(2_000, config.shutdownTimeout().toMillis()));
    LifeCycle.stop(server);
    handshakes.close();
    LOG.info("Node {} has ended", config.node());
  }
}
