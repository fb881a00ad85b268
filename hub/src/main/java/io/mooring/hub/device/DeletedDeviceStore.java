package io.mooring.hub.device;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.Pruner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what deleted devices have left: commands, sessions and events, a slice a transaction. A
 * device is noted in {@code deleted_device} until nothing of it is left, so the next run of the hub
 * goes on with it.
 */
public final class DeletedDeviceStore {
  private static final Logger LOG = LoggerFactory.getLogger(DeletedDeviceStore.class);

  /** Devices looked after in one sweep. */
  private static final int MOST = 1_000;

  /** Those whose key has come back are let alone: somebody has moved tables about. */
  private static final String NOTED =
      """
      SELECT x.key FROM deleted_device x WHERE NOT EXISTS (SELECT FROM device d WHERE d.key = x.key)
      ORDER BY x.key LIMIT %d
      """
          .formatted(MOST);

  /** A trigger ends them for their jobs. */
  private static final String END_COMMANDS =
      """
      DELETE FROM command WHERE id = ANY (ARRAY(
        SELECT id FROM command WHERE device_key = ? AND state IN ('queued', 'sent', 'received') LIMIT %d))
      """
          .formatted(Pruner.SLICE);

  /**
   * One of the tables.
   *
   * @param first comes before all ids
   */
  private record Left(String table, String id, String type, String first) {
    /**
     * Goes on after the last one of the slice before: the entries of deleted rows stay in the index
     * for a while, and to pass them each time took longer with each slice.
     */
    String slice() {
      return """
      WITH next AS (SELECT %2$s AS id FROM %1$s WHERE device_key = ? AND %2$s > ?::%3$s ORDER BY %2$s LIMIT %4$d),
        gone AS (DELETE FROM %1$s WHERE device_key = ? AND %2$s = ANY (ARRAY(SELECT id FROM next)))
      SELECT id::text FROM next ORDER BY next.id DESC LIMIT 1
      """
          .formatted(table, id, type, Pruner.SLICE);
    }
  }

  private static final List<Left> LEFT =
      List.of(
          new Left("command", "id", "uuid", "00000000-0000-0000-0000-000000000000"),
          new Left("session", "epoch", "bigint", "-1"),
          new Left("event", "id", "bigint", "-1"));

  private final Database database;
  private final IntConsumer commandsEnded;

  /**
   * @param commandsEnded told of the key of each device that has no unfinished command any more
   */
  public DeletedDeviceStore(Database database, IntConsumer commandsEnded) {
    this.database = database;
    this.commandsEnded = commandsEnded;
  }

  /** Deletes what is left of all that were deleted; called every second or so. */
  public void sweep() {
    List<Integer> noted = database.query(DeletedDeviceStore::noted);
    // First of all of them: jobs wait for the end of these.
    noted.forEach(this::endCommands);
    noted.forEach(this::clear);
  }

  private static List<Integer> noted(Connection connection) throws SQLException {
    List<Integer> keys = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(NOTED);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        keys.add(row.getInt(1));
      }
    }
    return keys;
  }

  /** Deletes the unfinished commands of a device that was deleted. */
  void endCommands(int key) {
    while (update(END_COMMANDS, key) > 0) {
      // as many as a device may have
    }
    commandsEnded.accept(key);
  }

  private void clear(int key) {
    for (Left left : LEFT) {
      String last = left.first();
      while (!last.isEmpty()) {
        last = slice(left, key, last);
      }
    }
    update("DELETE FROM deleted_device WHERE key = ?", key);
    LOG.debug("Nothing is left of the deleted device with key {}", key);
  }

  /** Returns the last one that was deleted; empty: there was none. */
  private String slice(Left left, int key, String after) {
    return database.query(
        connection -> {
          try (PreparedStatement delete = connection.prepareStatement(left.slice())) {
            delete.setInt(1, key);
            delete.setString(2, after);
            delete.setInt(3, key);
            try (ResultSet row = delete.executeQuery()) {
              return row.next() ? row.getString(1) : "";
            }
          }
        });
  }

  private int update(String sql, int key) {
    return database.query(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, key);
            return statement.executeUpdate();
          }
        });
  }
}
