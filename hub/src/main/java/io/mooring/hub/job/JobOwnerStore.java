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
      "UPDATE job SET node = ? WHERE (%s) AND (node = ? AND ? OR %s) RETURNING *"
          .formatted(JobStore.NOT_DONE_WITH, ORPHANED);

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
   * From now on this node's: jobs that are not done with and have nobody.
   *
   * @param begins with those of its own former runs
   */
  List<Job> adopt(boolean begins) {
    return database.query(
        connection -> {
          List<Job> adopted = new ArrayList<>();
          try (PreparedStatement update = connection.prepareStatement(ADOPT)) {
            update.setString(1, node);
            update.setString(2, node);
            update.setBoolean(3, begins);
            try (ResultSet row = update.executeQuery()) {
              while (row.next()) {
                adopted.add(JobStore.read(row));
              }
            }
          }
          return adopted;
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
