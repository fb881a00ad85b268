package io.mooring.hub.webhook;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.db.Timestamps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the answers of an endpoint say of its webhook, written beside the deliveries. */
final class WebhookHealthStore {
  private WebhookHealthStore() {}

  /**
   * Notes since when it fails within the caller's transaction; null: it does not. Nothing, if it
   * has got another URL meanwhile.
   */
  static void note(Connection connection, Webhook webhook, @Nullable Instant failingSince)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE webhook SET failing_since = ? WHERE id = ? AND url = ?")) {
      update.setObject(1, Timestamps.ofNullable(failingSince));
      update.setString(2, webhook.id());
      update.setString(3, webhook.url().toString());
      update.executeUpdate();
    }
  }

  /** Disables it within the caller's transaction, on the hub's own account; if it is as it was. */
  static void disable(Connection connection, Webhook webhook, Webhook.Cause cause, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE webhook SET disabled_cause = ? WHERE id = ? AND url = ?"
                + " AND disabled_cause IS NULL RETURNING *")) {
      update.setString(1, cause.text());
      update.setString(2, webhook.id());
      update.setString(3, webhook.url().toString());
      for (Webhook disabled : WebhookStore.read(update)) {
        AuditStore.append(
            connection,
            WebhookStore.change(webhook.id(), "disable", Actor.webhooks(), now)
                .after("disabledBecause", cause.text())
                .after("failingSince", disabled.failingSince()));
      }
    }
  }
}
