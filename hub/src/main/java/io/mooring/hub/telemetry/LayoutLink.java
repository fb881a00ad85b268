package io.mooring.hub.telemetry;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes that a device uses a layout; committed before, or with, the first batch that does. */
public record LayoutLink(int deviceKey, int layoutId) implements Write {
  private static final Logger LOG = LoggerFactory.getLogger(LayoutLink.class);

  @Override
  public int bytes() {
    return 32;
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.atLevel(why.severity())
        .setCause(why)
        .log("Layout {} of device key {} could not be noted", layoutId, deviceKey);
  }

  /** Carries them out. */
  public static final class Writes implements Write.Kind<LayoutLink> {
    private static final String LINK =
        """
        INSERT INTO device_layout (device_key, layout_id)
        SELECT u.device_key, u.layout_id FROM unnest(?::int[], ?::int[]) AS u(device_key, layout_id)
        JOIN device d ON d.key = u.device_key
        ON CONFLICT DO NOTHING
        """;

    @Override
    public Class<LayoutLink> type() {
      return LayoutLink.class;
    }

    @Override
    public boolean appendsEvents() {
      return false;
    }

    @Override
    public boolean mayPrecedeTurn(List<LayoutLink> writes) {
      return true;
    }

    @Override
    public void write(Connection connection, List<LayoutLink> writes, boolean careful)
        throws SQLException {
      SqlArrays<LayoutLink> rows = new SqlArrays<>(connection, writes);
      try (PreparedStatement insert = connection.prepareStatement(LINK)) {
        insert.setArray(1, rows.ints(LayoutLink::deviceKey));
        insert.setArray(2, rows.ints(LayoutLink::layoutId));
        insert.executeUpdate();
      }
    }

    @Override
    public void committed(List<LayoutLink> writes) {}
  }
}
