package io.mooring.bench.floor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The floor of reading back: one connection that lets PostgreSQL hand over the rows concerned, only
 * the columns needed, by binary COPY, and throws them away.
 */
public final class SliceReads {
  /** Bytes of an answer without rows: header and trailer. */
  public static final long NOTHING = 21;

  private final Connection connection;

  public SliceReads(Connection connection) {
    this.connection = connection;
  }

  /** The rows that may hold readings of a range, as a row may begin an hour before; their bytes. */
  public long range(int deviceKey, int layout, Instant from, Instant before) throws SQLException {
    return read(
        """
        SELECT time, offsets_us, numbers FROM telemetry_batch
        WHERE device_key = %d AND layout_id = %d AND time >= '%s' AND time < '%s'
        ORDER BY time, stream, seq
        """
            .formatted(deviceKey, layout, from.minus(1, ChronoUnit.HOURS), before));
  }

  /** The newest row; its bytes. */
  public long newest(int deviceKey, int layout) throws SQLException {
    return read(
        """
        SELECT time, received_at, offsets_us, numbers FROM telemetry_batch
        WHERE device_key = %d AND layout_id = %d ORDER BY time DESC LIMIT 1
        """
            .formatted(deviceKey, layout));
  }

  private long read(String select) throws SQLException {
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)");
    long bytes = 0;
    for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
      bytes += row.length;
    }
    return bytes;
  }
}
