package io.mooring.bench.floor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.postgresql.PGConnection;

/**
 * The floor of commands, on one connection: rows like the hub's, in a table with the same indexes,
 * and nothing of what happened to them.
 */
public final class BareCommands implements AutoCloseable {
  /** Makes an empty table like the hub's. */
  public static final String CREATE = "CREATE TABLE command_floor (LIKE command INCLUDING ALL)";

  public static final String DROP = "DROP TABLE IF EXISTS command_floor";

  private static final String COLUMNS =
      "(id, device_key, name, content_type, payload, state, created_at, changed_at, expires_at, caller,"
          + " request_digest)";
  private static final String DIGEST = "00".repeat(32);

  private final Connection connection;
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private long number;

  public BareCommands(Connection connection) throws SQLException {
    this.connection = connection;
    insert =
        connection.prepareStatement(
            "INSERT INTO command_floor %s VALUES (?, ?, 'set-interval', 'application/json', ?, 'queued', now(), now(), now() + interval '1 day', 'bench', decode('%s', 'hex'))"
                .formatted(COLUMNS, DIGEST));
    update =
        connection.prepareStatement(
            "UPDATE command_floor SET state = 'succeeded', changed_at = now() WHERE id = ?");
  }

  private UUID nextId() {
    // Like the hub's own: the time first, so that the newest stand side by side in the index.
    long time = System.currentTimeMillis() << 16 | 0x7000 | (++number & 0xfff);
    return new UUID(time, 0x8000_0000_0000_0000L | System.nanoTime() >>> 2);
  }

  /** Stores one and commits. */
  public UUID accept(int device) throws SQLException {
    UUID id = nextId();
    insert.setObject(1, id);
    insert.setInt(2, device);
    insert.setBytes(3, payload().getBytes(StandardCharsets.US_ASCII));
    insert.executeUpdate();
    return id;
  }

  /** Ends it and commits. */
  public void end(UUID id) throws SQLException {
    update.setObject(1, id);
    if (update.executeUpdate() != 1) {
      throw new SQLException("the command is not there");
    }
  }

  /** Copies so many and commits. */
  public void acceptMany(int count, int devices) throws SQLException {
    String times = "\tnow\tnow\ttomorrow\tbench\t\\\\x" + DIGEST + "\n";
    StringBuilder rows = new StringBuilder(count * 250);
    for (int i = 0; i < count; i++) {
      rows.append(nextId()).append('\t').append(1 + (int) (number % devices));
      rows.append("\tset-interval\tapplication/json\t").append(payload());
      rows.append("\tqueued").append(times);
    }
    byte[] bytes = rows.toString().getBytes(StandardCharsets.US_ASCII);
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY command_floor " + COLUMNS + " FROM STDIN", new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  private String payload() {
    return "{\"n\":" + number + "}";
  }

  @Override
  public void close() throws SQLException {
    insert.close();
    update.close();
  }
}
