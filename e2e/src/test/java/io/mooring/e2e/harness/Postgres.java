package io.mooring.e2e.harness;

import io.mooring.hub.db.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The PostgreSQL of all scenarios: real processes with fsync and synchronous_commit on. Whoever
 * kills it finds it started again on the same data.
 */
public final class Postgres {
  private static final String TEMPLATE = "migrated";
  private static final Duration RECOVERY = Duration.ofMinutes(3);

  private final EmbeddedPostgres postgres;
  private final Path dir;

  Postgres(Path dir) {
    this.dir = dir;
    this.postgres = EmbeddedPostgres.start(dir, System.err::println);
  }

  /** The database that all scenarios' are copies of, empty. */
  Database createTemplate() {
    return create(TEMPLATE, "template0");
  }

  /** A database of this name with the hub's schema. */
  Database create(String name) {
    return create(name, TEMPLATE);
  }

  private Database create(String name, String template) {
    try (Connection connection = open(postgres.url())) {
      connection.createStatement().execute("CREATE DATABASE \"" + name + "\" TEMPLATE " + template);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    String url = postgres.url().replaceFirst("/[^/]*$", "/" + name);
    return new Database(url, postgres.user(), postgres.password());
  }

  private Connection open(String url) throws SQLException {
    return DriverManager.getConnection(url, postgres.user(), postgres.password());
  }

  private List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>();
    ProcessHandle.of(postgres.pid())
        .ifPresent(
            postmaster -> {
              all.add(postmaster);
              try (Stream<ProcessHandle> children = postmaster.descendants()) {
                all.addAll(children.toList());
              }
            });
    return all;
  }

  /** Whether there is anything to kill. */
  public boolean isUp() {
    return ProcessHandle.of(postgres.pid()).filter(ProcessHandle::isAlive).isPresent();
  }

  /** Kills the postmaster and every process it has (SIGKILL), as a power cut would. */
  public void kill() {
    Signals.send("KILL", processes());
  }

  /** Waits until it answers again after {@link #kill}. */
  public void awaitRecovery() {
    Awaitility.await("PostgreSQL answers")
        .atMost(RECOVERY)
        .pollInterval(Duration.ofMillis(100))
        .until(this::answers);
  }

  private boolean answers() {
    try (Connection connection = open(postgres.url())) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  /** Stops all its processes for a while (SIGSTOP): it neither answers nor refuses. */
  public Pause pause() {
    List<ProcessHandle> stopped = processes();
    Signals.send("STOP", stopped);
    return () -> Signals.send("CONT", stopped);
  }

  /** Sets what an administrator can set for the whole server, until {@link #resetAll}. */
  public void set(String setting, String value) {
    administer("ALTER SYSTEM SET " + setting + " = '" + value + "'");
  }

  public void resetAll() {
    administer("ALTER SYSTEM RESET ALL");
  }

  private void administer(String sql) {
    try (Connection connection = open(postgres.url())) {
      connection.createStatement().execute(sql);
      connection.createStatement().execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends with {@link #close}. */
  @FunctionalInterface
  public interface Pause extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends it for good. */
  void close() {
    postgres.close();
  }

  void keepLog(Path log) throws IOException {
    Files.copy(log(), log, StandardCopyOption.REPLACE_EXISTING);
  }

  Path log() {
    return dir.resolve("postgres.log");
  }
}
