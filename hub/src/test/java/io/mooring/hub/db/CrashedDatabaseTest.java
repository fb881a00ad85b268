package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL is killed between COMMIT and the moment when that is on the disk: what was written is
 * gone, and so is the number of its transaction, which goes to the next that asks for one. That
 * moment is made long by committing asynchronously; the answer is lost in any case.
 */
class CrashedDatabaseTest {
  @TempDir static Path temp;

  private static EmbeddedPostgres postgres;

  private final NumberWrites writes = new NumberWrites();
  private final CutProxy proxy = new CutProxy("127.0.0.1", port());
  private final BatchWriter writer =
      new BatchWriter(
          () -> connect(proxy.port(), "?options=-c%20synchronous_commit=off"),
          List.of(writes.firstKind(), writes.secondKind()),
          100,
          100_000,
          WriterObserver.NONE);

  @BeforeAll
  static void startPostgres() throws IOException {
    // JUnit's folder is closed to others; as root, PostgreSQL runs as another user.
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path shared = Path.of("target", "postgresql").toAbsolutePath();
    Path programs = PostgresBinaries.in(Files.createDirectories(shared), line -> {}).home();
    Files.createSymbolicLink(temp.resolve(programs.getFileName()), programs);
    postgres = EmbeddedPostgres.start(temp, line -> {});
    try (Database database =
        Database.open(postgres.url(), postgres.user(), postgres.password(), 2)) {
      Migrations.ensure(database);
    }
    execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
    execute("ALTER SYSTEM SET wal_writer_flush_after = '1GB'");
    execute("ALTER SYSTEM SET autovacuum = off");
    execute("SELECT pg_reload_conf()");
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @BeforeEach
  void start() {
    execute("DROP TABLE IF EXISTS t");
    execute("CREATE TABLE t (kind text, n int, UNIQUE (n))");
    writer.start();
    writer.submit(writes.first(0));
    await().until(() -> writes.log.size() == 1);
    execute("CHECKPOINT");
  }

  @AfterEach
  void stop() {
    proxy.restore();
    writer.close();
    proxy.close();
  }

  @Test
  void aCommitThatIsLostIsCarriedOutAgain() throws SQLException {
    loseACommit();
    proxy.restore();
    await().atMost(Duration.ofMinutes(1)).until(() -> writes.log.size() == 2);
    assertThat(writes.log).containsExactly("committed 0", "committed 1");
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
  }

  @Test
  void anotherTransactionOfItsNumberIsNotTakenForIt() throws SQLException {
    loseACommit();
    try (Connection other = connect(port(), "");
        Statement statement = other.createStatement()) {
      for (int i = 0; i < 50; i++) {
        statement.execute("SELECT pg_current_xact_id()");
      }
    }
    proxy.restore();
    await().atMost(Duration.ofMinutes(1)).until(() -> writes.log.size() == 2);
    assertThat(writes.log).containsExactly("committed 0", "committed 1");
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
  }

  private void loseACommit() throws SQLException {
    proxy.cutAfterAnswerTo("COMMIT");
    writer.submit(writes.first(1));
    await().until(() -> proxy.answersLost() == 1);
    long killed = postgres.pid();
    ProcessHandle postmaster = ProcessHandle.of(killed).orElseThrow();
    try (Stream<ProcessHandle> children = postmaster.descendants()) {
      Stream.concat(Stream.of(postmaster), children.toList().stream())
          .forEach(ProcessHandle::destroyForcibly);
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> postgres.pid() != killed);
    assertThat(number("SELECT count(*) FROM t")).as("the commit is lost").isEqualTo(1);
  }

  private static int port() {
    return Integer.parseInt(postgres.url().replaceFirst(".*:(\\d+)/.*", "$1"));
  }

  private static Connection connect(int port, String settings) throws SQLException {
    String url = postgres.url().replaceFirst(":\\d+/", ":" + port + "/");
    return DriverManager.getConnection(url + settings, postgres.user(), postgres.password());
  }

  private static void execute(String sql) {
    try (Connection connection = connect(port(), "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long number(String sql) throws SQLException {
    try (Connection connection = connect(port(), "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
