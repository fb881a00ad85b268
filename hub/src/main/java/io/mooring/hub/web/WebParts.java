package io.mooring.hub.web;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.SignInThrottle;
import io.mooring.hub.access.UserPasswords;
import io.mooring.hub.access.UserSessions;
import io.mooring.hub.access.Users;
import io.mooring.hub.access.ValidityQueries;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.cluster.NodeStore;
import io.mooring.hub.command.Commands;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.SettingInForce;
import io.mooring.hub.db.Reachability;
import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.device.DeviceEditStore;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.EnrolmentKeyStore;
import io.mooring.hub.device.EnrolmentStore;
import io.mooring.hub.device.LiveSessions;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.event.EventFeed;
import io.mooring.hub.job.JobService;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.presence.SessionQueries;
import io.mooring.hub.telemetry.TelemetryQueries;
import io.mooring.hub.webhook.Webhooks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the web handlers work on.
 *
 * @param node this hub
 */
public record WebParts(
    DeviceStore devices,
    DeviceEditStore edits,
    DeviceTokens tokens,
    DeviceCertificates certificates,
    TokenCampaignStore campaign,
    EnrolmentKeyStore enrolmentKeys,
    EnrolmentStore enrolments,
    LiveSessions liveSessions,
    SessionQueries sessionHistory,
    Commands commands,
    JobService jobs,
    Webhooks webhooks,
    EventFeed events,
    TelemetryQueries telemetry,
    Rates rates,
    ApiKeys keys,
    Users users,
    UserPasswords passwords,
    UserSessions userSessions,
    ValidityQueries validity,
    SignInThrottle throttle,
    CredentialGuard guard,
    AuditStore audit,
    Metrics metrics,
    Limits limits,
    Reachability reachability,
    InstantSource clock,
    Node node) {
  /**
   * A hub, as the pages show it.
   *
   * @param sessions how many devices are connected to it now
   * @param settings what is in force, secrets masked
   * @param others it and those that share its database; null: it is alone
   */
  public record Node(
      String name,
      String version,
      Instant startedAt,
      IntSupplier sessions,
      List<SettingInForce> settings,
      @Nullable NodeStore others) {}
}
