package io.mooring.hub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What PostgreSQL makes of statements on a hub whose commands have all ended: the worst moment for
 * a plan that is kept, as nothing seems to be open anywhere.
 */
public final class Plans {
  private static final Pattern PARAMETER = Pattern.compile("\\?");

  private Plans() {}

  /** A thousand devices with sessions, and ended commands, all of it counted. */
  public static void fill(TestDatabase database) {
    database.execute(
        "TRUNCATE device, command, event, session RESTART IDENTITY CASCADE",
        "INSERT INTO device (id, name, created_at, updated_at)"
            + " SELECT 'd' || n, '', now(), now() FROM generate_series(1, 1000) n",
        "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
            + " SELECT 'td' || key, key, '', sha256('x'), now(), now() FROM device",
        "INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)"
            + " SELECT key, 1, 'offline', now(), now(), 'n', '', '' FROM device",
        "INSERT INTO command (id, device_key, name, content_type, payload, state, created_at, changed_at,"
            + " expires_at, caller, request_digest) SELECT gen_random_uuid(), key, 'x', 'x', '', 'succeeded', now(),"
            + " now(), now(), 'x', '' FROM device, generate_series(1, 30)",
        "VACUUM ANALYZE");
  }

  /** Each table's rows are found by a condition of an index, and none is read as a whole. */
  public static void mustLookUp(TestDatabase database, String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    long parameters = PARAMETER.matcher(sql).results().count();
    String values = String.join(", ", Collections.nCopies((int) parameters, "NULL"));
    try (Connection connection = database.database().openOwn();
        Statement statement = connection.createStatement()) {
      statement.execute("PREPARE plan AS " + numbered(sql));
      try (ResultSet row = statement.executeQuery("EXPLAIN EXECUTE plan (" + values + ")")) {
        while (row.next()) {
          lines.add(row.getString(1));
        }
      }
    }
    String plan = String.join("\n", lines);
    assertThat(count(lines, "Index (Only )?Scan")).as(plan).isPositive();
    assertThat(count(lines, "Index Cond|TID Cond"))
        .as(plan)
        .isEqualTo(count(lines, "Index (Only )?Scan|Tid Scan"));
    assertThat(count(lines, "Seq Scan on (?!writer_mark)")).as(plan).isZero();
  }

  private static String numbered(String sql) {
    int[] number = {0};
    return PARAMETER.matcher(sql).replaceAll(_ -> "\\$" + ++number[0]);
  }

  private static long count(List<String> lines, String regex) {
    Pattern pattern = Pattern.compile(regex);
    return lines.stream().filter(line -> pattern.matcher(line).find()).count();
  }
}
