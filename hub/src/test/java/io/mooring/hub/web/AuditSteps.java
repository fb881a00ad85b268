package io.mooring.hub.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request for each route that changes something; whoever adds such a route adds one here. */
final class AuditSteps {
  /** Who asks with the enrolment key of an earlier step. */
  static final String ENROLMENT = "enrolment";

  static final String CHOSEN = "a horse of another colour";

  /** Stands in for what a command may carry: it must not be written down. */
  static final String IN_PAYLOAD = "the-wifi-password";

  static final String FINGERPRINT = "0f".repeat(32);

  /**
   * A request that changes something.
   *
   * @param route as the table of routes has it
   * @param action that the entry names
   * @param target that the entry names; variables as below
   * @param as who asks: null for the key
   */
  record Step(
      String route, String action, String target, @Nullable String body, @Nullable String as) {}

  /** In this order; a variable in braces stands for what an earlier step made. */
  static final List<Step> ALL =
      List.of(
          key("POST /api/v1/devices", "device.create", "devices/pump-7", "{'id':'pump-7'}"),
          key(
              "PATCH /api/v1/devices/{device}",
              "device.change",
              "devices/pump-7",
              "{'enabled':false}"),
          key(
              "POST /api/v1/devices/{device}/tokens",
              "token.create",
              "devices/{device}/tokens/{token}",
              null),
          key("POST /api/v1/rotations", "rotation.ask", "rotations", "{'devices':['{device}']}"),
          key(
              "POST /api/v1/rotations/cancel",
              "rotation.cancel",
              "rotations",
              "{'devices':['{device}']}"),
          key(
              "POST /api/v1/enrolment-keys",
              "enrolment-key.create",
              "enrolment-keys/{key}",
              "{'name':'line 4','maxUses':2}"),
          new Step(
              "POST /api/v1/enrol", "device.enrol", "devices/new-1", "{'id':'new-1'}", ENROLMENT),
          new Step(
              "DELETE /api/v1/enrolment-keys/{key}",
              "enrolment-key.revoke",
              "enrolment-keys/{key}",
              null,
              null),
          key(
              "DELETE /api/v1/devices/{device}/tokens/{token}",
              "token.revoke",
              "devices/{device}/tokens/{token}",
              null),
          key(
              "POST /api/v1/devices/{device}/certificates",
              "certificate.add",
              "devices/{device}/certificates/" + FINGERPRINT,
              "{'fingerprint':'" + FINGERPRINT + "'}"),
          key(
              "DELETE /api/v1/devices/{device}/certificates/{certificate}",
              "certificate.remove",
              "devices/{device}/certificates/{certificate}",
              null),
          key(
              "POST /api/v1/devices/{device}/commands",
              "command.send",
              "devices/{device}/commands/{command}",
              "{'name':'join','payload':{'password':'" + IN_PAYLOAD + "'}}"),
          key(
              "POST /api/v1/devices/{device}/commands/{command}/cancel",
              "command.cancel",
              "devices/{device}/commands/{command}",
              null),
          key(
              "POST /api/v1/devices/{device}/commands/{command}/retry",
              "command.retry",
              "devices/{device}/commands/{retried}",
              null),
          key(
              "POST /api/v1/commands",
              "command.send-many",
              "commands",
              "{'device':'{device}','name':'a','payload':'"
                  + IN_PAYLOAD
                  + "'}\n{'device':'{device}','name':'b'}"),
          key(
              "POST /api/v1/jobs",
              "job.create",
              "jobs/{job}",
              "{'command':{'name':'a','payload':'"
                  + IN_PAYLOAD
                  + "'},'target':{'devices':['{device}']}}"),
          key("POST /api/v1/jobs/{job}/pause", "job.pause", "jobs/{job}", null),
          key("POST /api/v1/jobs/{job}/resume", "job.resume", "jobs/{job}", null),
          key("POST /api/v1/jobs/{job}/cancel", "job.cancel", "jobs/{job}", null),
          key("DELETE /api/v1/devices/{device}", "device.delete", "devices/pump-7", null),
          key(
              "POST /api/v1/webhooks",
              "webhook.create",
              "webhooks/{webhook}",
              "{'name':'erp','url':'https://localhost/hook'}"),
          key(
              "PATCH /api/v1/webhooks/{webhook}",
              "webhook.change",
              "webhooks/{webhook}",
              "{'types':['job']}"),
          key(
              "POST /api/v1/webhooks/{webhook}/rotate-secret",
              "webhook.rotate-secret",
              "webhooks/{webhook}",
              null),
          key("POST /api/v1/webhooks/{webhook}/test", "webhook.test", "webhooks/{webhook}", null),
          key(
              "POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/replay",
              "webhook.replay",
              "webhooks/{webhook}/deliveries/1",
              null),
          key(
              "POST /api/v1/webhooks/{webhook}/replay",
              "webhook.replay-dead",
              "webhooks/{webhook}",
              null),
          key("DELETE /api/v1/webhooks/{webhook}", "webhook.delete", "webhooks/{webhook}", null),
          key(
              "POST /api/v1/keys",
              "key.create",
              "keys/{key}",
              "{'name':'billing','scopes':['devices:read']}"),
          key("DELETE /api/v1/keys/{key}", "key.revoke", "keys/{key}", null),
          key("POST /api/v1/users", "user.create", "users/eve", "{'name':'eve','role':'viewer'}"),
          key("PATCH /api/v1/users/{user}", "user.change", "users/eve", "{'role':'operator'}"),
          key(
              "POST /api/v1/users/{user}/reset-password",
              "user.reset-password",
              "users/{user}",
              null),
          new Step(
              "POST /api/v1/session",
              "session.open",
              "users/eve",
              "{'user':'{user}','password':'{password}'}",
              "eve"),
          new Step(
              "POST /api/v1/session/password",
              "user.change-password",
              "users/eve",
              "{'currentPassword':'{password}','newPassword':'" + CHOSEN + "'}",
              "eve"),
          new Step("DELETE /api/v1/session", "session.close", "users/{user}", null, "eve"),
          key("DELETE /api/v1/users/{user}", "user.delete", "users/{user}", null));

  private static Step key(String route, String action, String target, @Nullable String body) {
    return new Step(route, action, target, body, null);
  }

  private AuditSteps() {}
}
