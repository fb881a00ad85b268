package io.mooring.bench.floor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * The floor of ingest: one connection that does nothing but COPY rows into a table like the hub's,
 * with the same key. The rows are those that the hub has just stored, read back as PostgreSQL's
 * binary COPY gives them, so their bytes and their order are the hub's own; only number and time
 * move on, as they do in the hub's.
 */
public final class CopyLoop {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  /** "PGCOPY\n\377\r\n\0", no flags, no header extension. */
  private static final byte[] HEADER =
      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] TRAILER = {-1, -1};

  private final byte[] bytes;
  private final int rows;

  /** Where each row begins, and one more: where the last one ends. */
  private final int[] starts;

  private final int[] timeAt;
  private final int[] seqAt;
  private final long timeSpan;
  private final long seqSpan;
  private final AtomicLong copied = new AtomicLong();
  private long sent;

  private CopyLoop(byte[] bytes, int rows, int timeColumn, int seqColumn) {
    this.bytes = bytes;
    this.rows = rows;
    starts = new int[rows + 1];
    timeAt = new int[rows];
    seqAt = new int[rows];
    int at = HEADER.length;
    for (int row = 0; row < rows; row++) {
      starts[row] = at;
      int fields = (short) SHORT.get(bytes, at);
      at += Short.BYTES;
      for (int field = 0; field < fields; field++) {
        int length = (int) INT.get(bytes, at);
        at += Integer.BYTES;
        if (field == timeColumn) {
          timeAt[row] = at;
        } else if (field == seqColumn) {
          seqAt[row] = at;
        }
        at += Math.max(0, length);
      }
    }
    starts[rows] = at;
    timeSpan = span(timeAt);
    seqSpan = span(seqAt);
  }

  private long span(int[] places) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int place : places) {
      least = Math.min(least, (long) LONG.get(bytes, place));
      most = Math.max(most, (long) LONG.get(bytes, place));
    }
    return most - least + 1;
  }

  /** Reads rows that the hub has stored, in the order in which they lie. */
  public static CopyLoop like(Connection connection, int most) throws SQLException {
    String select = "SELECT * FROM telemetry_batch LIMIT " + most;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
    int rows;
    try {
      rows = (int) copy.copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)", out);
    } catch (IOException e) {
      throw new SQLException(e);
    }
    if (rows == 0) {
      throw new IllegalStateException("the hub has stored nothing to take as a pattern");
    }
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM telemetry_batch LIMIT 0")) {
      ResultSetMetaData columns = none.getMetaData();
      return new CopyLoop(out.toByteArray(), rows, column(columns, "time"), column(columns, "seq"));
    }
  }

  private static int column(ResultSetMetaData columns, String name) throws SQLException {
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (columns.getColumnName(i).equals(name)) {
        return i - 1;
      }
    }
    throw new IllegalStateException("telemetry_batch has no column " + name);
  }

  /** An empty table with the columns and the key of the hub's. */
  public static void createTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS copy_floor");
      statement.execute("CREATE TABLE copy_floor (LIKE telemetry_batch INCLUDING ALL)");
      statement.execute("CHECKPOINT");
    }
  }

  /** Rows committed so far; for any thread. */
  public long copied() {
    return copied.get();
  }

  /**
   * Copies and commits.
   *
   * @param perCommit rows of one transaction
   * @param endNanos when to stop, by {@link System#nanoTime}
   */
  public void run(Connection connection, int perCommit, long endNanos) throws SQLException {
    CopyManager manager = connection.unwrap(PGConnection.class).getCopyAPI();
    while (System.nanoTime() < endNanos) {
      CopyIn copy = manager.copyIn("COPY copy_floor FROM STDIN (FORMAT binary)");
      copy.writeToCopy(HEADER, 0, HEADER.length);
      int left = perCommit;
      while (left > 0) {
        int from = (int) (sent % rows);
        int now = Math.min(left, rows - from);
        moveOn(from, now);
        copy.writeToCopy(bytes, starts[from], starts[from + now] - starts[from]);
        sent += now;
        left -= now;
      }
      copy.writeToCopy(TRAILER, 0, TRAILER.length);
      copy.endCopy();
      copied.addAndGet(perCommit);
    }
  }

  /** In the second pass over the rows and later ones: the same devices, a little later. */
  private void moveOn(int from, int count) {
    if (sent < rows) {
      return;
    }
    for (int row = from; row < from + count; row++) {
      LONG.set(bytes, timeAt[row], (long) LONG.get(bytes, timeAt[row]) + timeSpan);
      LONG.set(bytes, seqAt[row], (long) LONG.get(bytes, seqAt[row]) + seqSpan);
    }
  }
}
