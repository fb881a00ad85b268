package io.mooring.hub.db;

import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Brings a database's schema to what this hub knows. Forward only. */
public final class Migrations {
  private Migrations() {}

  /**
   * What was done.
   *
   * @param applied the steps applied now, in order, such as {@code 001 devices}
   * @param version the schema's version afterwards
   */
  public record Outcome(List<String> applied, String version) {}

  /** The schema cannot be brought to this hub's version; the message says what to do. */
  public static final class Refused extends RuntimeException {
    Refused(String message) {
      super(message);
    }

    Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * As {@link #run}, but asks only one query where there is nothing to do, as at most starts.
   *
   * @return the steps applied now, in order
   */
  public static List<String> ensure(Database database) {
    return SchemaHistory.isCurrent(database) ? List.of() : run(database).applied();
  }

  /**
   * For whoever works beside a hub that may be running: an older one would not know the schema
   * afterwards. An empty database no hub runs on, so its schema is made.
   *
   * @throws Refused when the schema is another hub's
   */
  public static void requireCurrent(Database database) {
    if (SchemaHistory.isCurrent(database)) {
      return;
    }
    if (!SchemaHistory.isEmpty(database)) {
      throw new Refused(
          "The database has the schema of another version of the hub, which may be running on it."
              + " Ask that hub (--url and a key), or end it, bring the schema to this version (hub"
              + " migrate) and try again. Nothing was changed.");
    }
    var _ = run(database);
  }

  /**
   * Applies what is missing, each step in a transaction of its own. Two hubs that start at once
   * wait for each other.
   *
   * @throws Refused when the database is newer than this hub, or a step that was applied has
   *     changed since, or a step fails
   */
  public static Outcome run(Database database) {
    Flyway flyway =
        Flyway.configure()
            .dataSource(database.forMigrations())
            .locations("classpath:" + SchemaHistory.FOLDER)
            .table(SchemaHistory.TABLE)
            .validateMigrationNaming(true)
            .ignoreMigrationPatterns(new String[0])
            .cleanDisabled(true)
            .load();
    try {
      refuseNewer(flyway.info().all());
      List<String> applied =
          flyway.migrate().migrations.stream().map(m -> m.version + " " + m.description).toList();
      MigrationInfo current = flyway.info().current();
      return new Outcome(applied, current == null ? "none" : current.getVersion().getVersion());
    } catch (FlywayException e) {
      throw new Refused("The database schema could not be migrated: " + e.getMessage(), e);
    }
  }

  private static void refuseNewer(MigrationInfo[] all) {
    List<String> unknown =
        Arrays.stream(all)
            .filter(m -> m.getState().isApplied() && !m.getState().isResolved())
            .map(m -> m.getVersion() + " " + m.getDescription())
            .toList();
    if (!unknown.isEmpty()) {
      throw new Refused(
          "The database was written by a newer hub: this one does not know its schema steps %s."
                  .formatted(String.join(", ", unknown))
              + " Start that newer hub, or restore a backup from before it.");
    }
  }
}
