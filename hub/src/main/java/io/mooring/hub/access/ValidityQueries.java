package io.mooring.hub.access;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether those who were let in still would be, asked of all at once. Scopes of a key never change,
 * and whatever changes the rights of a user ends its sessions, so the credential itself is all that
 * there is to ask for.
 */
public final class ValidityQueries {
  private static final String VALID =
      """
      WITH used AS (
        UPDATE api_key SET last_used_at = ?
        WHERE id = ANY (?) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AND last_used_at < ?)
      SELECT id FROM api_key WHERE id = ANY (?) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
      UNION ALL
      SELECT s.id FROM user_session s JOIN user_account u ON u.name = s.user_name
      WHERE s.id = ANY (?) AND s.expires_at > ? AND u.enabled
      """;

  private final Database database;

  public ValidityQueries(Database database) {
    this.database = database;
  }

  /**
   * Which of these API keys and user sessions are valid; the keys are in use.
   *
   * @param ids public parts of credentials that were proven before
   */
  public Set<String> of(Collection<String> ids, Instant now) {
    return database.query(
        connection -> {
          Set<String> valid = new HashSet<>();
          Object at = Timestamps.of(now);
          try (PreparedStatement select = connection.prepareStatement(VALID)) {
            var all = connection.createArrayOf("text", ids.toArray());
            select.setObject(1, at);
            select.setArray(2, all);
            select.setObject(3, at);
            select.setObject(4, Timestamps.of(now.minus(ApiKeys.USE_NOTED)));
            select.setArray(5, all);
            select.setObject(6, at);
            select.setArray(7, all);
            select.setObject(8, at);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                valid.add(row.getString(1));
              }
            }
          }
          return valid;
        });
  }
}
