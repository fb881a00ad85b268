package io.mooring.hub.presence;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks of many sessions at a time whether the database knows them as this node does. */
public final class RollCallQueries {
  /** By keys only, so that it costs a few microseconds for each, whatever the fleet. */
  private static final String ASK =
      """
      SELECT * FROM (
        SELECT u.n, p.node, p.epoch AS newest, u.epoch AS own, coalesce(p.state, 'offline') AS state,
          (SELECT d.enabled FROM device d WHERE d.key = u.device_key) AS enabled,
          EXISTS (SELECT FROM device_credential t WHERE t.id = u.token_id AND t.device_key = u.device_key
            AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?::timestamptz)) AS valid,
          EXISTS (SELECT FROM command c WHERE c.device_key = u.device_key AND c.state = 'queued' OFFSET 0) AS waiting
        FROM unnest(?::int[], ?::bigint[], ?::text[]) WITH ORDINALITY AS u(device_key, epoch, token_id, n)
        LEFT JOIN presence p ON p.device_key = u.device_key) AS asked
      WHERE newest IS DISTINCT FROM own OR state = 'offline' OR enabled IS NOT true OR NOT valid OR waiting
      """;

  /** A session as its node knows it. */
  public record Own(int deviceKey, long epoch, String credential) {}

  /** What is to be done about a session. */
  public enum Finding {
    /** The device has a newer one. */
    REPLACED,
    /** It was ended for this node, which was taken for lost. */
    ENDED,
    DISABLED,
    /** Or the device is gone. */
    REVOKED,
    /** Its device's queue holds commands; perhaps they wait for their turn. */
    COMMANDS
  }

  /**
   * Of one session.
   *
   * @param index in the list that was asked about
   * @param node that has the newest; null: none has
   */
  public record Answer(int index, Finding finding, @Nullable String node) {}

  private final Database database;

  public RollCallQueries(Database database) {
    this.database = database;
  }

  /** Answers for those of which there is something to say. */
  public List<Answer> ask(List<Own> sessions, Instant now) {
    return database.query(
        connection -> {
          SqlArrays<Own> rows = new SqlArrays<>(connection, sessions);
          List<Answer> answers = new ArrayList<>();
          try (PreparedStatement ask = connection.prepareStatement(ASK)) {
            ask.setString(1, now.toString());
            ask.setArray(2, rows.ints(Own::deviceKey));
            ask.setArray(3, rows.longs(Own::epoch));
            ask.setArray(4, rows.texts(Own::credential));
            try (ResultSet row = ask.executeQuery()) {
              while (row.next()) {
                answers.add(
                    new Answer((int) row.getLong("n") - 1, finding(row), row.getString("node")));
              }
            }
          }
          return answers;
        });
  }

  private static Finding finding(ResultSet row) throws SQLException {
    Boolean enabled = row.getObject("enabled", Boolean.class);
    if (enabled == null) {
      return Finding.REVOKED;
    }
    if (!enabled) {
      return Finding.DISABLED;
    }
    if (!row.getBoolean("valid")) {
      return Finding.REVOKED;
    }
    if (row.getLong("newest") != row.getLong("own")) {
      return Finding.REPLACED;
    }
    return row.getString("state").equals("offline") ? Finding.ENDED : Finding.COMMANDS;
  }
}
