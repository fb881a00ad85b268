package io.mooring.hub.db;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Rows read by binary COPY, each field its length and its bytes, all big-endian. The cheapest way
 * out of PostgreSQL for many rows with arrays: one message a row, no object a value.
 */
public final class CopyRows {
  /** Signature, flags and the length of the header's extension, before the first row. */
  private static final int HEADER = 19;

  /** Takes one row: reads its fields in the order in which they were selected. */
  @FunctionalInterface
  public interface Handler {
    void row(ByteBuffer fields) throws SQLException;
  }

  private CopyRows() {}

  /**
   * Runs a query within a transaction and hands over its rows as they come.
   *
   * @param timeout after which PostgreSQL gives it up
   */
  public static void read(Connection connection, String select, Duration timeout, Handler handler)
      throws SQLException {
    try (Statement set = connection.createStatement()) {
      set.execute("SET LOCAL statement_timeout = " + timeout.toMillis());
    }
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)");
    try {
      boolean first = true;
      for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
        ByteBuffer row = ByteBuffer.wrap(message);
        if (first) {
          row.position(HEADER);
          first = false;
        }
        // The last message holds the trailer, -1, in place of a number of fields.
        if (row.getShort() >= 0) {
          handler.row(row);
        }
      }
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  public static int int4(ByteBuffer row) {
    row.getInt();
    return row.getInt();
  }

  public static long int8(ByteBuffer row) {
    row.getInt();
    return row.getLong();
  }

  public static @Nullable Long int8OrNull(ByteBuffer row) {
    return row.getInt() < 0 ? null : row.getLong();
  }

  /** A {@code timestamptz} as microseconds since 1970. */
  public static long micros(ByteBuffer row) {
    return int8(row) + Timestamps.POSTGRES_EPOCH_US;
  }

  /** A field as it is; null: SQL null. */
  public static byte @Nullable [] bytes(ByteBuffer row) {
    int length = row.getInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    row.get(bytes);
    return bytes;
  }

  /** An array's elements; none for null. */
  public static long[] int8s(ByteBuffer row) {
    long[] values = new long[elements(row)];
    for (int i = 0; i < values.length; i++) {
      values[i] = int8(row);
    }
    return values;
  }

  public static double[] float8s(ByteBuffer row) {
    double[] values = new double[elements(row)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.longBitsToDouble(int8(row));
    }
    return values;
  }

  public static boolean[] booleans(ByteBuffer row) {
    boolean[] values = new boolean[elements(row)];
    for (int i = 0; i < values.length; i++) {
      row.getInt();
      values[i] = row.get() != 0;
    }
    return values;
  }

  public static byte[][] byteArrays(ByteBuffer row) {
    byte[][] values = new byte[elements(row)][];
    for (int i = 0; i < values.length; i++) {
      values[i] = new byte[row.getInt()];
      row.get(values[i]);
    }
    return values;
  }

  /** Reads an array's header. Arrays here have one dimension and no nulls. */
  private static int elements(ByteBuffer row) {
    if (row.getInt() < 0) {
      return 0;
    }
    int dimensions = row.getInt();
    row.getInt(); // whether there are nulls
    row.getInt(); // the elements' type
    if (dimensions == 0) {
      return 0;
    }
    int elements = row.getInt();
    row.getInt(); // the lower bound
    return elements;
  }
}
