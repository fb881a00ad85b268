package io.mooring.hub.app;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Passwords;
import io.mooring.hub.access.SignInThrottle;
import io.mooring.hub.access.UserPasswords;
import io.mooring.hub.access.UserSessions;
import io.mooring.hub.access.Users;
import io.mooring.hub.access.ValidityQueries;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.device.EnrolmentStore;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.ops.Version;
import io.mooring.hub.presence.SessionQueries;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.telemetry.TelemetryQueries;
import io.mooring.hub.web.CredentialGuard;
import io.mooring.hub.web.EventJson;
import io.mooring.hub.web.WebParts;
import io.mooring.hub.webhook.Webhooks;
import java.security.SecureRandom;
import java.time.InstantSource;

/** What the API works with. */
final class Api {
  /** The topic by which nodes say that webhooks or deliveries have changed. */
  static final String WEBHOOKS = "webhooks";

  private Api() {}

  static WebParts parts(
      HubConfig config,
      Membership membership,
      DataPath path,
      Webhooks webhooks,
      Database database,
      Credentials ender,
      DeletedDeviceStore deleted,
      DeviceCertificates certificates,
      InstantSource clock,
      SecureRandom random,
      StoredRates rates,
      Metrics metrics,
      CredentialGuard guard) {
    Passwords passwords = new Passwords(Passwords.ITERATIONS, random);
    SessionRegistry registry = path.sessions().registry();
    NodeLease lease = membership.lease();
    NodeStore store = lease == null ? null : lease.store();
    return new WebParts(
        new DeviceStore(database),
        new DeviceEditStore(database, (key, reason) -> ender.end(key, null, reason), deleted),
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
            config.node(),
            Version.text(),
            clock.instant(),
            registry::size,
            config.settings(),
            store));
  }

  static Webhooks webhooks(
      HubConfig config,
      Membership membership,
      DataPath path,
      Database database,
      InstantSource clock,
      SecureRandom random,
      Metrics metrics) {
    return new Webhooks(
            database,
            new EventStore(config.node()),
            path.feed(),
            EventJson::text,
            config.webhooks(),
            clock,
            random,
            metrics.webhooks)
        .start(membership::leads, () -> membership.peers().publish(WEBHOOKS));
  }
}
