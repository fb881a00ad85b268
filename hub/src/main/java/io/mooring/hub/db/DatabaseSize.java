package io.mooring.hub.db;

import java.sql.ResultSet;
import java.sql.Statement;

/** How large the database is, as last asked: whoever reads it must not wait for the database. */
public final class DatabaseSize {
  private final Database database;
  private volatile long bytes;

  public DatabaseSize(Database database) {
    this.database = database;
  }

  /** Asks; PostgreSQL looks at each of the database's files. */
  public void sample() {
    bytes =
        database.query(
            connection -> {
              try (Statement statement = connection.createStatement();
                  ResultSet row =
                      statement.executeQuery("SELECT pg_database_size(current_database())")) {
                return row.next() ? row.getLong(1) : 0L;
              }
            });
  }

  /** Zero until it was first asked. */
  public long bytes() {
    return bytes;
  }
}
