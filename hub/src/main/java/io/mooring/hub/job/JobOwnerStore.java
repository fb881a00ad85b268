package io.mooring.hub.job;

import io.mooring.hub.db.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/** Which node releases the devices of a job, where there are several. */
final class JobOwnerStore {
  /** No hub that is alive does. */
  private static final String ORPHANED =
      "NOT EXISTS (SELECT FROM node n WHERE n.name = job.node AND NOT n.lost)";

  private static final String ADOPT =
      "UPDATE job SET node = ? WHERE (%s) AND %s".formatted(JobStore.NOT_DONE_WITH, ORPHANED);

  private static final String OWN =
      "SELECT * FROM job WHERE (%s) AND node = ?".formatted(JobStore.NOT_DONE_WITH);

  private static final String DELETE_PREPARED =
      "DELETE FROM job WHERE state = 'preparing' AND (node = ? OR " + ORPHANED + ")";

  private static final String UNFINISHED =
      "SELECT count(*)::int FROM job WHERE state IN ('preparing', 'running', 'paused')";

  private final Database database;
  private final String node;

  JobOwnerStore(Database database, String node) {
    this.database = database;
    this.node = node;
  }

  /**
   * Jobs that are not done with and are this node's, from now on also those that have nobody. All
   * of them each time: the answer to an adoption may have been lost.
   */
  List<Job> adopt() {
    return database.query(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(ADOPT)) {
            update.setString(1, node);
            update.executeUpdate();
          }
          List<Job> own = new ArrayList<>();
          try (PreparedStatement select = connection.prepareStatement(OWN)) {
            select.setString(1, node);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                own.add(JobStore.read(row));
              }
            }
          }
          return own;
        });
  }

  /** Deletes what a former run of this node, or one that is lost, was about to accept. */
  int deletePrepared() {
    return database.query(
        connection -> {
          try (PreparedStatement delete = connection.prepareStatement(DELETE_PREPARED)) {
            delete.setString(1, node);
            return delete.executeUpdate();
          }
        });
  }

  /** How many jobs are unfinished, whoever has them. */
  int countUnfinished() {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(UNFINISHED);
              ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1);
          }
        });
  }
}
