package io.mooring.hub.telemetry;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A write that the database refuses, after others have done their part of the transaction. */
record Stumble() implements Write {
  @Override
  public int bytes() {
    return 1;
  }

  @Override
  public void refused(DatabaseException why) {}

  static final class Writes implements Write.Kind<Stumble> {
    @Override
    public Class<Stumble> type() {
      return Stumble.class;
    }

    @Override
    public void write(Connection connection, List<Stumble> writes, boolean careful)
        throws SQLException {
      throw new SQLException("refused", "22000");
    }

    @Override
    public void committed(List<Stumble> writes) {}
  }
}
