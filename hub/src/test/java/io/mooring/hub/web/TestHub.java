package io.mooring.hub.web;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.Role;
import io.mooring.hub.access.Scope;
import io.mooring.hub.access.SignInThrottle;
import io.mooring.hub.access.UserPasswords;
import io.mooring.hub.access.UserPasswords.Verdict;
import io.mooring.hub.access.UserSessions;
import io.mooring.hub.access.Users;
import io.mooring.hub.access.ValidityQueries;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.config.ConfigSource;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SettingInForce;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.device.EnrolmentStore;
import io.mooring.hub.device.LiveSessions.Live;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.presence.SessionQueries;
import io.mooring.hub.telemetry.TelemetryQueries;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** The web part of a hub on a free port, with a user of each role, named like it. */
final class TestHub implements AutoCloseable {
  static final String PASSWORD = "open sesame";

  final TestDatabase database = TestDatabase.create();
  final FakeCommands commands = new FakeCommands();
  final FakeEventFeed feed = new FakeEventFeed();
  final SettableClock clock = new SettableClock();
  final List<String> endedSessions = new CopyOnWriteArrayList<>();
  final WebParts parts;
  final WebHandler web;
  final RangeReads reads;

  /** For jobs, which need more than fakes. */
  final DataPath path;

  /** As they are with two from the environment, one of them a secret. */
  private static final List<SettingInForce> SETTINGS =
      ConfigSource.load(
              null,
              Map.of(
                  "MOORING_DATABASE_URL", "jdbc:postgresql://db/mooring?password=hidden-one",
                  "MOORING_DATABASE_PASSWORD", "hidden-two"),
              Map.of("listen.port", "7171"))
          .settings();

  final Metrics metrics = new Metrics();
  private final ApiKeys keys;
  private final Users users;
  private final UserPasswords passwords;
  private final DeviceStore devices;
  private final Server server;

  TestHub() {
    this(Limits.DEFAULTS);
  }

  TestHub(Limits limits) {
    this(limits, Networks.NONE);
  }

  TestHub(Limits limits, Networks trustedProxies) {
    SecureRandom random = new SecureRandom();
    var db = database.database();
    Passwords hashes = new Passwords(1_000, random);
    users = new Users(db, hashes, random, Duration.ofDays(7));
    passwords = new UserPasswords(db, hashes, limits.passwordCharacters());
    for (Role role : Role.values()) {
      user(role.text(), role);
    }
    reads = new RangeReads(db, limits.rangeReads());
    keys = new ApiKeys(db, random);
    devices = new DeviceStore(db);
    path = DataPaths.start(db, new FakeTime(clock.instant()), limits);
    parts =
        new WebParts(
            devices,
            new DeviceEditStore(
                db,
                (key, reason) -> endedSessions.add(key + " " + reason.text()),
                new DeletedDeviceStore(db, _ -> {})),
            new DeviceTokens(db, random, (key, token) -> endedSessions.add(key + " " + token)),
            new DeviceCertificates(db, db, (key, id) -> endedSessions.add(key + " " + id)),
            new TokenCampaignStore(db),
            new EnrolmentKeyStore(db, random),
            new EnrolmentStore(db, random, (key, id) -> endedSessions.add(key + " " + id)),
            _ -> Optional.of(new Live(Duration.ofSeconds(2), 12.5, -3.25)),
            new SessionQueries(db),
            commands,
            path.jobs(),
            TestWebhooks.start(db, feed, clock, metrics),
            feed,
            new TelemetryQueries(reads),
            new FixedRates(),
            keys,
            users,
            passwords,
            new UserSessions(db, random, Duration.ofHours(12)),
            new ValidityQueries(db),
            new SignInThrottle(limits),
            new CredentialGuard(limits.sockets(), new KnownIds(), System::nanoTime, metrics),
            new AuditStore(reads),
            metrics,
            limits,
            db.reachability(),
            clock,
            new WebParts.Node("quay-1", "1.2.3", clock.instant(), () -> 3, SETTINGS, null));
    web = new WebHandler(parts, Duration.ofMillis(50), Duration.ofMillis(50));
    server = new Server(new VirtualThreadPool());
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.addCustomizer(new TrustedProxies(trustedProxies));
    server.addConnector(new ServerConnector(server, 1, 1, new HttpConnectionFactory(http)));
    server.setHandler(web);
    server.setErrorHandler(new ProblemErrorHandler());
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The usual limits but for event streams, and one range query and one export at a time. */
  static Limits limits(int streams, int backlog) {
    Limits d = Limits.DEFAULTS;
    return new Limits(
        d.frameBytes(),
        d.batchReadings(),
        d.batchValues(),
        d.unacknowledgedBatches(),
        d.layouts(),
        d.sendQueueBytes(),
        d.connections(),
        d.writerQueueBytes(),
        d.writerBatch(),
        d.commandPayloadBytes(),
        d.commandsOpen(),
        d.commandWindow(),
        d.commandAttempts(),
        d.requestBytes(),
        streams,
        backlog,
        1,
        d.deviceLayouts(),
        d.commandAnswerSeconds(),
        d.bulkCommands(),
        d.bulkBytes(),
        d.jobDevices(),
        d.jobsRunning(),
        d.jobInFlight(),
        d.jobBytes(),
        d.passwordCharacters(),
        d.signInFailures(),
        d.addressSignInFailures(),
        d.signInWindowSeconds(),
        1,
        d.deviceTokens(),
        d.sockets());
  }

  /** Makes a user with {@link #PASSWORD}. */
  void user(String name, Role role) {
    String first = invite(name, role);
    Verdict proven = passwords.verify(name, first, clock.instant());
    var _ =
        passwords
            .change((Verdict.Right) proven, PASSWORD, Actors.ANNA, clock.instant())
            .orElseThrow();
  }

  /** Makes a user with a one-time password, and returns it. */
  String invite(String name, Role role) {
    return users.create(name, role, null, Actors.ANNA, clock.instant()).orElseThrow().password();
  }

  /** A client with a new key of these scopes. */
  Api with(Scope... scopes) {
    return withKey(keys.create("test", Set.of(scopes), null, null, Actors.ANNA, clock.instant()));
  }

  private Api withKey(ApiKeys.Issued issued) {
    return new Api(base(), Map.of("Authorization", "Bearer " + issued.secret().reveal()));
  }

  /** A client with a key that has been revoked. */
  Api revokedKey() {
    ApiKeys.Issued issued =
        keys.create("revoked", Set.of(Scope.ADMIN), null, null, Actors.ANNA, clock.instant());
    keys.revoke(issued.key().id(), Actors.ANNA, clock.instant());
    return withKey(issued);
  }

  /** A client with a key whose time is up. */
  Api expiredKey() {
    return withKey(
        keys.create(
            "expired", Set.of(Scope.ADMIN), clock.instant(), null, Actors.ANNA, clock.instant()));
  }

  /** A client signed in as a user who was disabled afterwards. */
  Api disabledUser() {
    if (users.find("disabled").isEmpty()) {
      user("disabled", Role.ADMIN);
    }
    users.change("disabled", null, true, _ -> true, Actors.ANNA, clock.instant());
    Api page = signedIn("disabled");
    users.change("disabled", null, false, _ -> true, Actors.ANNA, clock.instant());
    return page;
  }

  Api admin() {
    return with(Scope.ADMIN);
  }

  Api anonymous() {
    return new Api(base(), Map.of());
  }

  /** A client of the admin page: cookie, and origin as a browser sends it. */
  Api signedIn(String user) {
    return signedIn(user, PASSWORD);
  }

  Api signedIn(String user, String password) {
    return withCookie(signIn(user, password).cookie());
  }

  Api withCookie(String cookie) {
    return new Api(base(), Map.of("Cookie", cookie, "Origin", base()));
  }

  Api.Answer signIn(String user, String password) {
    return anonymous()
        .post("/api/v1/session", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
  }

  void revokeAllKeys() {
    keys.list().forEach(key -> keys.revoke(key.id(), Actors.ANNA, clock.instant()));
  }

  int device(String id) {
    return devices.create(id, id, Map.of(), Actors.ANNA, clock.instant()).orElseThrow().key();
  }

  String base() {
    return "http://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
    parts.webhooks().close();
    path.close();
    database.close();
  }

  private static final class FixedRates implements Rates {
    @Override
    public double readingsPerSecond() {
      return 12.5;
    }

    @Override
    public double valuesPerSecond() {
      return 62.5;
    }
  }
}
