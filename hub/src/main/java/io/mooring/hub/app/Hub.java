package io.mooring.hub.app;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.SignInThrottle;
import io.mooring.hub.access.UserPasswords;
import io.mooring.hub.access.UserSessions;
import io.mooring.hub.access.Users;
import io.mooring.hub.access.ValidityQueries;
import io.mooring.hub.admission.Strangers;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseSize;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.device.DeviceAuthenticator;
import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.device.EnrolmentStore;
import io.mooring.hub.device.SessionEnder;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.gateway.CertificateHandshake;
import io.mooring.hub.gateway.DeviceHandler;
import io.mooring.hub.gateway.Handshake;
import io.mooring.hub.gateway.OnVirtualThreads;
import io.mooring.hub.gateway.TokenHandshake;
import io.mooring.hub.ops.Health;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.ops.Version;
import io.mooring.hub.presence.SessionQueries;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.telemetry.SmallBatchMerge;
import io.mooring.hub.telemetry.TelemetryQueries;
import io.mooring.hub.web.CredentialGuard;
import io.mooring.hub.web.EventJson;
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
  private static final Duration PARTITIONS_PERIOD = Duration.ofMinutes(10);
  private static final Duration MERGE_PERIOD = Duration.ofMinutes(1);
  private static final Duration SIZE_PERIOD = Duration.ofMinutes(1);
  private static final Duration TOKEN_USES_PERIOD = Duration.ofSeconds(10);
  private static final Duration KNOWN_PERIOD = Duration.ofMinutes(10);
  private static final int MOST_KNOWN = 150_000;
  private static final Duration TLS_PERIOD = Duration.ofSeconds(2);

  private final HubConfig config;
  private final DataPath path;
  private final Webhooks webhooks;
  private final WebHandler web;
  private final Database handshakes;
  private final Server server;
  private final Listener listener;
  private final Strangers strangers;
  private volatile boolean draining;

  private Hub(HubConfig config, Database database, NodeLock lock) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    Metrics metrics = new Metrics();
    this.config = config;
    server = new Server(Listener.threads());
    listener =
        new Listener(server, config.listen(), clock, metrics); // first, as its files may be wrong
    path = DataPath.start(config, database, clock, random, metrics);
    webhooks = webhooks(database, clock, random, metrics);
    StoredRates rates = new StoredRates(path.telemetryWrites());
    path.every(Duration.ofSeconds(1), rates::sample);
    path.everyBlocking(PARTITIONS_PERIOD, path.retention()::sweep);
    DeletedDeviceStore deleted = new DeletedDeviceStore(database, path.commands()::deleted);
    History.prune(path, webhooks, database, clock, config, deleted);
    LongSupplier mergedRows = () -> 0;
    if (config.mergePercent() > 0) {
      SmallBatchMerge.Pause pause = SmallBatchMerge.Pause.forShare(config.mergePercent());
      SmallBatchMerge merge = new SmallBatchMerge(database, path.lateHours(), clock, pause);
      path.everyBlocking(MERGE_PERIOD, merge::sweep);
      mergedRows = merge::mergedRows;
    }
    DatabaseSize size = new DatabaseSize(database);
    path.everyBlocking(SIZE_PERIOD, size::sample);
    metrics.watch(Figures.of(path, config, mergedRows, size, database.reachability()));

    SessionRegistry registry = path.sessions().registry();
    SessionEnder ender = new Credentials(registry, path.known());
    handshakes = database.aside("mooring-handshakes");
    DeviceCertificates certificates = new DeviceCertificates(database, handshakes, ender);
    SocketLimits sockets = config.limits().sockets();
    var guard = new CredentialGuard(sockets, path.known(), System::nanoTime, metrics);
    path.every(Duration.ofSeconds(10), guard::sweep);
    WebParts parts =
        webParts(database, ender, deleted, certificates, clock, random, rates, metrics, guard);
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
    server.setHandler(
        new Handler.Sequence(
            listener.forDevices(
                new DeviceHandler(handshake, path.sessions(), listener.scheduler())),
            new OnVirtualThreads(
                VirtualThreads.getNamedVirtualThreadsExecutor("http-v-"),
                new Handler.Sequence(
                    new HealthHandler(health(database, lock)),
                    listener.forOperators(
                        new Handler.Sequence(new MetricsHandler(metrics), web))))));
    server.setErrorHandler(new ProblemErrorHandler());
  }

  /**
   * Starts a hub on a migrated database; returns once it answers.
   *
   * @param lock on the database; when it is lost the hub ends its sessions and takes no more work
   */
  public static Hub start(HubConfig config, Database database, NodeLock lock) {
    Hub hub = new Hub(config, database, lock);
    try {
      LifeCycle.start(hub.server);
    } catch (RuntimeException e) {
      hub.path.close();
      hub.handshakes.close();
      hub.webhooks.close();
      throw e;
    }
    lock.whenLost(hub::endWork);
    LOG.info("Node {} listens on {}", config.node(), hub.uri());
    return hub;
  }

  private Webhooks webhooks(
      Database database, InstantSource clock, SecureRandom random, Metrics metrics) {
    return new Webhooks(
            database,
            new EventStore(config.node()),
            path.feed(),
            EventJson::text,
            config.webhooks(),
            clock,
            random,
            metrics.webhooks)
        .start();
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

  private WebParts webParts(
      Database database,
      SessionEnder ender,
      DeletedDeviceStore deleted,
      DeviceCertificates certificates,
      InstantSource clock,
      SecureRandom random,
      StoredRates rates,
      Metrics metrics,
      CredentialGuard guard) {
    Passwords passwords = new Passwords(Passwords.ITERATIONS, random);
    SessionRegistry registry = path.sessions().registry();
    return new WebParts(
        new DeviceStore(database),
        new DeviceEditStore(database, (key, reason) -> registry.end(key, null, reason), deleted),
        new DeviceTokens(database, random, ender, config.limits().deviceTokens()),
        certificates,
        new TokenCampaignStore(database),
        new EnrolmentKeyStore(database, random),
        new EnrolmentStore(database, random, ender),
        new Lines(registry),
        new SessionQueries(database),
        path.commands(),
        path.jobs(),
        webhooks,
        path.feed(),
        new TelemetryQueries(path.rangeReads()),
        rates,
        new ApiKeys(database, random),
        new Users(database, passwords, random, config.access().oneTimePasswordLifetime()),
        new UserPasswords(database, passwords, config.limits().passwordCharacters()),
        new UserSessions(database, random, config.access().sessionLifetime()),
        new ValidityQueries(database),
        new SignInThrottle(config.limits()),
        guard,
        new AuditStore(path.rangeReads()),
        metrics,
        config.limits(),
        database.reachability(),
        clock,
        new WebParts.Node(
            config.node(), Version.text(), clock.instant(), registry::size, config.settings()));
  }

  /** By what is known already: whoever asks for health must not wait for a database. */
  private Health health(Database database, NodeLock lock) {
    Health health = new Health();
    health.add("database", database.reachability()::problem);
    health.add("node", lock::problem);
    health.add(
        "draining", () -> draining ? Optional.of("the hub is going down") : Optional.empty());
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

  /** Sends devices away, writes what waits, refuses requests; health and metrics still answer. */
  private void endWork() {
    path.close();
    webhooks.close();
    var _ = web.shutdown();
  }

  /** Accepts nothing more, sends devices away, writes what waits, ends. */
  @Override
  public void close() {
    draining = true;
    listener.shutdown();
    endWork();
    strangers.close();
    server.setStopTimeout(Math.min(2_000, config.shutdownTimeout().toMillis()));
    LifeCycle.stop(server);
    handshakes.close();
    LOG.info("Node {} has ended", config.node());
  }
}
