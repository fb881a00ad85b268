package io.mooring.hub.db;

import io.mooring.hub.config.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of the hub's own, kept under one folder: fully durable, on 127.0.0.1 only, with a
 * random password. It runs as a child process in a session of its own, so that Ctrl-C reaches only
 * the hub, and is started again when it dies. One that a killed hub left behind is stopped first.
 *
 * <p>{@link #start} and {@link #close} belong to one thread; the rest is safe for all.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final PostgresFolder folder;
  private final FileChannel lock;
  private final PostgresUser user;
  private final PostgresBinaries binaries;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final PostgresAccess access;
  private volatile Process postmaster;

  /**
   * Starts the PostgreSQL of a folder, and makes it first where there is none.
   *
   * @param dir created where missing; the data is in its {@code cluster}
   * @param progress receives a line for each step that takes long
   * @throws EmbeddedPostgresException with what to do about it
   */
  public static EmbeddedPostgres start(Path dir, Consumer<String> progress) {
    PostgresFolder folder = new PostgresFolder(dir.toAbsolutePath().normalize());
    try {
      FileChannel lock = folder.lock();
      try {
        return new EmbeddedPostgres(folder, lock, progress);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "PostgreSQL cannot be started in %s: %s".formatted(dir, e), e);
    }
  }

  private EmbeddedPostgres(PostgresFolder folder, FileChannel lock, Consumer<String> progress)
      throws IOException {
    this.folder = folder;
    this.lock = lock;
    Path dir = folder.dir();
    this.user = PostgresUser.forThisProcess();
    user.mustReach(dir);
    this.binaries = PostgresBinaries.in(dir, progress);
    if (Files.exists(folder.cluster())) {
      folder.mustBeOfThisMajor();
      stopLeftover(progress);
      this.access = PostgresAccess.read(folder.passFile());
    } else {
      progress.accept("Creating a database in " + dir + " …");
      this.access = PostgresAccess.fresh();
      initialise();
    }
    access.write(folder.passFile());
    Files.writeString(
        folder.cluster().resolve("postgresql.conf"), PostgresSettings.text(access.port()));
    folder.rotateLog();
    this.postmaster = launch();
    supervise(postmaster);
  }

  /** JDBC URL of the hub's database. */
  public String url() {
    return access.url(PostgresAccess.NAME);
  }

  public String user() {
    return PostgresAccess.NAME;
  }

  public String password() {
    return access.password();
  }

  /** Process id of the postmaster that runs now. */
  public long pid() {
    return postmaster.pid();
  }

  /** A hub that was killed leaves its PostgreSQL running: stopping it gives one way to start. */
  private void stopLeftover(Consumer<String> progress) throws IOException {
    if (pgCtl("status").code() == 0) {
      progress.accept("Stopping the PostgreSQL that an earlier hub left running …");
      stop();
    }
  }

  private void initialise() throws IOException {
    Path half = folder.dir().resolve("cluster.new");
    PostgresBinaries.deleteTree(half);
    Files.createDirectory(
        half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    user.own(half);
    Path password = folder.dir().resolve("password.new");
    SecretFile.write(password, access.password());
    user.own(password);
    try {
      PostgresUser.Outcome outcome =
          PostgresUser.run(
              user.command(
                  List.of(
                      binaries.program("initdb").toString(),
                      "--pgdata=" + half,
                      "--username=" + PostgresAccess.NAME,
                      "--pwfile=" + password,
                      "--auth=scram-sha-256",
                      "--encoding=UTF8",
                      "--locale-provider=builtin",
                      "--builtin-locale=C.UTF-8",
                      "--locale=C",
                      "--no-instructions")));
      if (outcome.code() != 0) {
        throw new EmbeddedPostgresException("initdb failed: " + outcome.output().strip());
      }
    } finally {
      Files.delete(password);
    }
    access.write(folder.passFile());
    Files.move(half, folder.cluster(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts the postmaster and returns once the hub's database answers. */
  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    if (PostgresUser.onPath("setsid") != null) {
      command.add("setsid");
    }
    command.addAll(
        user.command(
            List.of(binaries.program("postgres").toString(), "-D", folder.cluster().toString())));
    Process process =
        PostgresUser.builder(command)
            .directory(folder.dir().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.logFile().toFile()))
            .start();
    process.getOutputStream().close();
    long deadline = System.nanoTime() + START.toNanos();
    try {
      while (!answers()) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
          throw new EmbeddedPostgresException(
              "PostgreSQL ended at its start; the end of %s:%n%s"
                  .formatted(folder.logFile(), folder.logTail()));
        }
        if (System.nanoTime() > deadline) {
          process.destroy();
          throw new EmbeddedPostgresException(
              "PostgreSQL does not answer after %d s; see %s"
                  .formatted(START.toSeconds(), folder.logFile()));
        }
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new EmbeddedPostgresException("interrupted while PostgreSQL was starting", e);
    }
    return process;
  }

  private boolean answers() {
    try (Connection connection =
            DriverManager.getConnection(
                access.url("postgres"), PostgresAccess.NAME, access.password());
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery(
              "SELECT 1 FROM pg_database WHERE datname = '" + PostgresAccess.NAME + "'")) {
        if (row.next()) {
          return true;
        }
      }
      statement.execute("CREATE DATABASE " + PostgresAccess.NAME);
      return true;
    } catch (SQLException notYet) {
      if ("28P01".equals(notYet.getSQLState())) {
        throw new EmbeddedPostgresException(
            "PostgreSQL refuses the password in "
                + folder.passFile()
                + ": restore it from a backup.");
      }
      return false;
    }
  }

  /** Starts PostgreSQL again whenever it dies by itself; its port and password stay. */
  private void supervise(Process process) {
    Thread.ofVirtual()
        .name("postgres-supervisor")
        .start(
            () -> {
              Process current = process;
              try {
                while (true) {
                  int code = current.waitFor();
                  if (closing.getCount() == 0) {
                    return;
                  }
                  log.error("PostgreSQL ended with code {}; starting it again", code);
                  current = relaunch();
                  postmaster = current;
                  log.info("PostgreSQL runs again");
                }
              } catch (InterruptedException end) {
                log.debug("PostgreSQL is no longer watched");
              }
            });
  }

  /** Tries until it runs: the old one's children hold its memory for a moment. */
  private Process relaunch() throws InterruptedException {
    while (!closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        return launch();
      } catch (IOException | EmbeddedPostgresException e) {
        log.warn("PostgreSQL did not start, trying again: {}", e.getMessage());
      }
    }
    throw new InterruptedException("closed");
  }

  /** Stops PostgreSQL: open transactions roll back, what is committed stays. */
  @Override
  public void close() {
    closing.countDown();
    try {
      stop();
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop() throws IOException {
    if (pgCtl("stop", "--mode=fast", "--wait", "--timeout=" + STOP.toSeconds()).code() != 0
        && pgCtl("status").code() == 0) {
      log.warn("PostgreSQL did not stop within {} s, ending it at once", STOP.toSeconds());
      pgCtl("stop", "--mode=immediate", "--wait", "--timeout=" + STOP.toSeconds());
    }
  }

  private PostgresUser.Outcome pgCtl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binaries.program("pg_ctl").toString());
    command.addAll(List.of(arguments));
    command.add("--pgdata=" + folder.cluster());
    return PostgresUser.run(user.command(command));
  }
}
