package io.mooring.hub.command;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.LiveFeed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Keeps the newest progress of each command; comes after {@link CommandChangeWrites}, so it finds
 * what was sent.
 */
final class CommandProgressWrites implements Write.Kind<CommandProgress> {
  static final String NOTE =
      """
      UPDATE command c SET progress_percent = u.percent, progress_message = u.message, progress_at = u.at
      FROM unnest(?::uuid[], ?::int[], ?::bigint[], ?::int[], ?::text[], ?::timestamptz[])
        WITH ORDINALITY AS u(id, device_key, epoch, percent, message, at, n)
      JOIN presence p ON p.device_key = u.device_key AND p.epoch = u.epoch
      JOIN device d ON d.key = u.device_key
      CROSS JOIN LATERAL (
        SELECT r.ctid FROM command r
        WHERE r.id = u.id AND r.device_key = u.device_key AND r.state IN ('sent', 'received')
        OFFSET 0) AS place
      WHERE c.ctid = place.ctid
      RETURNING u.n, d.id AS device, c.name
      """;

  private final LiveFeed feed;

  CommandProgressWrites(LiveFeed feed) {
    this.feed = feed;
  }

  @Override
  public Class<CommandProgress> type() {
    return CommandProgress.class;
  }

  @Override
  public boolean appendsEvents() {
    return false;
  }

  @Override
  public void write(Connection connection, List<CommandProgress> writes, boolean careful)
      throws SQLException {
    Map<UUID, CommandProgress> newest = new LinkedHashMap<>();
    writes.forEach(write -> newest.put(write.id, write));
    List<CommandProgress> told = List.copyOf(newest.values());
    SqlArrays<CommandProgress> rows = new SqlArrays<>(connection, told);
    try (PreparedStatement update = connection.prepareStatement(NOTE)) {
      update.setArray(1, rows.uuids(w -> w.id));
      update.setArray(2, rows.ints(w -> w.deviceKey));
      update.setArray(3, rows.longs(w -> w.epoch));
      update.setArray(4, rows.ints(w -> w.progress.percent()));
      update.setArray(5, rows.texts(w -> w.progress.message()));
      update.setArray(6, rows.times(CommandProgress::at));
      List<Event.Progress> events = new ArrayList<>();
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          CommandProgress write = told.get((int) row.getLong("n") - 1);
          events.add(event(write, row.getString("device"), row.getString("name")));
        }
      }
      writes.getFirst().events = events;
    }
  }

  private static Event.Progress event(CommandProgress write, String device, String name) {
    return new Event.Progress(
        write.deviceKey,
        device,
        write.at(),
        write.id,
        name,
        write.progress.percent(),
        write.progress.message());
  }

  @Override
  public void committed(List<CommandProgress> writes) {
    writes.getFirst().events.forEach(feed::publish);
  }
}
