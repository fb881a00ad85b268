package io.mooring.hub.web;

import static io.mooring.hub.access.Scope.ADMIN;
import static io.mooring.hub.access.Scope.COMMANDS_SEND;
import static io.mooring.hub.access.Scope.DEVICES_READ;
import static io.mooring.hub.access.Scope.DEVICES_WRITE;
import static io.mooring.hub.access.Scope.TELEMETRY_READ;

import java.util.List;
import java.util.stream.Stream;

/** Every operation of the API with what it needs; what is not here does not exist. */
final class Routes {
  private static final String DEVICES = "/api/v1/devices";
  private static final String DEVICE = DEVICES + "/{device}";
  private static final String CERTIFICATES = DEVICE + "/certificates";
  private static final String COMMAND = DEVICE + "/commands/{command}";
  private static final String NODE = "/api/v1/nodes/{node}";
  private static final String JOBS = "/api/v1/jobs";
  private static final String JOB = JOBS + "/{job}";
  private static final String ROTATIONS = "/api/v1/rotations";
  private static final String ENROLMENT_KEYS = "/api/v1/enrolment-keys";
  private static final String KEYS = "/api/v1/keys";
  private static final String USERS = "/api/v1/users";
  private static final String USER = USERS + "/{user}";
  private static final String WEBHOOKS = "/api/v1/webhooks";
  private static final String WEBHOOK = WEBHOOKS + "/{webhook}";
  private static final String DELIVERIES = WEBHOOK + "/deliveries";
  private static final String SESSION = "/api/v1/session";

  private Routes() {}

  static List<Route> of(
      CommandApi commands,
      FleetCommandApi fleet,
      JobApi jobs,
      ExportApi exports,
      EventApi events,
      OpenApiDocument document) {
    Need reading = Need.anyOf(DEVICES_READ);
    Need writing = Need.anyOf(DEVICES_WRITE);
    // Who sends commands may see what became of them.
    Need following = Need.anyOf(DEVICES_READ, COMMANDS_SEND);
    Need sending = Need.anyOf(COMMANDS_SEND);
    Need telemetry = Need.anyOf(TELEMETRY_READ);
    List<Route> devices =
        List.of(
            new Route("GET", DEVICES, reading, DeviceListApi::list),
            new Route("POST", DEVICES, writing, DeviceApi::create),
            new Route("GET", DEVICE, reading, DeviceApi::get),
            new Route("GET", DEVICE + "/sessions", reading, SessionHistoryApi::list),
            new Route("PATCH", DEVICE, writing, DeviceEditApi::change),
            new Route("DELETE", DEVICE, writing, DeviceEditApi::delete),
            new Route("GET", DEVICE + "/tokens", writing, TokenApi::list),
            new Route("POST", DEVICE + "/tokens", writing, TokenApi::create),
            new Route("DELETE", DEVICE + "/tokens/{token}", writing, TokenApi::revoke),
            new Route("GET", CERTIFICATES, writing, CertificateApi::list),
            new Route("POST", CERTIFICATES, writing, CertificateApi::add),
            new Route("DELETE", CERTIFICATES + "/{certificate}", writing, CertificateApi::remove),
            new Route("GET", ROTATIONS, reading, RotationApi::list),
            new Route("POST", ROTATIONS, writing, RotationApi::ask),
            new Route("POST", ROTATIONS + "/cancel", writing, RotationApi::cancel),
            new Route("GET", ENROLMENT_KEYS, writing, EnrolmentApi::list),
            new Route("POST", ENROLMENT_KEYS, writing, EnrolmentApi::create),
            new Route("DELETE", ENROLMENT_KEYS + "/{key}", writing, EnrolmentApi::revoke),
            // The enrolment key in its header is all that a new device has.
            new Route("POST", WebHandler.ENROL, Need.NOTHING, EnrolmentApi::enrol),
            new Route("GET", DEVICE + "/commands", following, commands::list),
            new Route("POST", DEVICE + "/commands", sending, commands::send),
            new Route("GET", COMMAND, following, commands::get),
            new Route("POST", COMMAND + "/cancel", sending, commands::cancel),
            new Route("POST", COMMAND + "/retry", sending, commands::retry),
            new Route("GET", "/api/v1/commands", following, fleet::list),
            new Route("POST", "/api/v1/commands", sending, fleet::send),
            new Route("GET", JOBS, following, jobs::list),
            new Route("POST", JOBS, sending, jobs::create),
            new Route("GET", JOB, following, jobs::get),
            new Route("GET", JOB + "/devices", following, jobs::devices),
            new Route("POST", JOB + "/pause", sending, jobs::pause),
            new Route("POST", JOB + "/resume", sending, jobs::resume),
            new Route("POST", JOB + "/cancel", sending, jobs::cancel),
            new Route("GET", DEVICE + "/telemetry/latest", telemetry, TelemetryApi::latest),
            new Route("GET", DEVICE + "/telemetry", telemetry, TelemetryApi::query),
            new Route("GET", DEVICE + "/telemetry/export", telemetry, exports::export),
            new Route("GET", "/api/v1/fleet", reading, FleetApi::get),
            new Route("GET", "/api/v1/nodes", reading, NodeApi::nodes),
            new Route("GET", "/api/v1/events", reading, events::stream),
            new Route("GET", "/api/openapi.yaml", Need.NOTHING, document::get));
    return Stream.of(devices, webhooks(), access()).flatMap(List::stream).toList();
  }

  /**
   * Whom the hub calls: what it tells leaves the hub for good, so only admins say where to. Who
   * follows events may see what became of them.
   */
  private static List<Route> webhooks() {
    Need reading = Need.anyOf(DEVICES_READ);
    Need admin = Need.anyOf(ADMIN);
    return List.of(
        new Route("GET", WEBHOOKS, reading, WebhookApi::list),
        new Route("POST", WEBHOOKS, admin, WebhookApi::create),
        new Route("GET", WEBHOOK, reading, WebhookApi::get),
        new Route("PATCH", WEBHOOK, admin, WebhookApi::change),
        new Route("DELETE", WEBHOOK, admin, WebhookApi::delete),
        new Route("POST", WEBHOOK + "/rotate-secret", admin, WebhookApi::rotateSecret),
        new Route("POST", WEBHOOK + "/test", admin, WebhookDeliveryApi::test),
        new Route("POST", WEBHOOK + "/replay", admin, WebhookDeliveryApi::replayDead),
        new Route("GET", DELIVERIES, reading, WebhookDeliveryApi::list),
        new Route("POST", DELIVERIES + "/{delivery}/replay", admin, WebhookDeliveryApi::replay));
  }

  /** Who may call, and what they did. */
  private static List<Route> access() {
    Need admin = Need.anyOf(ADMIN);
    return List.of(
        new Route("GET", KEYS, admin, KeyApi::list),
        new Route("POST", KEYS, admin, KeyApi::create),
        new Route("DELETE", KEYS + "/{key}", admin, KeyApi::revoke),
        new Route("GET", USERS, admin, UserApi::list),
        new Route("POST", USERS, admin, UserApi::create),
        new Route("GET", USER, admin, UserApi::get),
        new Route("PATCH", USER, admin, UserApi::change),
        new Route("DELETE", USER, admin, UserApi::delete),
        new Route("POST", USER + "/reset-password", admin, UserApi::resetPassword),
        new Route("GET", "/api/v1/audit", admin, AuditApi::list),
        new Route("GET", "/api/v1/settings", admin, NodeApi::settings),
        new Route("POST", NODE + "/drain", admin, NodeApi::drain),
        new Route("POST", NODE + "/resume", admin, NodeApi::resume),
        new Route("GET", SESSION, Need.PERSON, SessionApi::get),
        new Route("POST", SESSION, Need.NOTHING, SessionApi::signIn),
        new Route("DELETE", SESSION, Need.PERSON, SessionApi::signOut),
        new Route("POST", SESSION + "/password", Need.PERSON, SessionApi::changePassword));
  }
}
