package io.mooring.hub.presence;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Carries out {@link LastSeen}s. A device has one session at a time, and that one in a while. */
public final class LastSeenWrites implements Write.Kind<LastSeen> {
  private static final String NOTE =
      """
      UPDATE presence p SET last_seen_at = greatest(p.last_seen_at, u.at)
      FROM unnest(?::int[], ?::bigint[], ?::timestamptz[]) AS u(device_key, epoch, at)
      WHERE p.device_key = u.device_key AND p.epoch = u.epoch
      """;

  @Override
  public Class<LastSeen> type() {
    return LastSeen.class;
  }

  @Override
  public boolean appendsEvents() {
    return false;
  }

  @Override
  public void write(Connection connection, List<LastSeen> writes, boolean careful)
      throws SQLException {
    SqlArrays<LastSeen> rows = new SqlArrays<>(connection, writes);
    try (PreparedStatement update = connection.prepareStatement(NOTE)) {
      update.setArray(1, rows.ints(seen -> seen.deviceKey));
      update.setArray(2, rows.longs(seen -> seen.epoch));
      update.setArray(3, rows.times(seen -> seen.at));
      update.executeUpdate();
    }
  }

  @Override
  public void committed(List<LastSeen> writes) {}
}
