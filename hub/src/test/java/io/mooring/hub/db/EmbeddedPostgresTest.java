package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: no part of this is worth believing on paper. */
class EmbeddedPostgresTest {
  @TempDir Path temp;
  private Path dir;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void openToPostgres() throws IOException {
    // JUnit's folder is closed to others; as root, PostgreSQL runs as another user.
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    dir = temp.resolve("postgresql");
    Files.createDirectory(dir);
    PostgresBinaries shared = PostgresBinaries.in(sharedFolder(), line -> {});
    Files.createSymbolicLink(dir.resolve(shared.home().getFileName()), shared.home());
  }

  /** Unpacking takes seconds: once for all tests here. */
  private static Path sharedFolder() throws IOException {
    Path folder = Path.of("target", "postgresql").toAbsolutePath();
    return Files.createDirectories(folder);
  }

  @Test
  void keepsDataAcrossStartsAndIsDurable() throws IOException {
    try (EmbeddedPostgres first = start();
        Database database = open(first)) {
      assertThat(show(database, "fsync")).isEqualTo("on");
      assertThat(show(database, "synchronous_commit")).isEqualTo("on");
      assertThat(show(database, "full_page_writes")).isEqualTo("on");
      assertThat(show(database, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(show(database, "unix_socket_directories")).isEmpty();
      write(database);
      assertThat(Files.getPosixFilePermissions(dir.resolve("pgpass")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    String made = String.join("\n", progress);
    assertThat(made).contains("Creating a database");
    progress.clear();
    try (EmbeddedPostgres second = start();
        Database database = open(second)) {
      assertThat(count(database)).isEqualTo(1);
    }
    assertThat(progress).isEmpty();
  }

  @Test
  void refusesAWrongPassword() {
    try (EmbeddedPostgres postgres = start()) {
      assertThatThrownBy(() -> Database.open(postgres.url(), postgres.user(), "wrong", 2))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void startsAgainByItselfWhenThePostmasterIsKilled() {
    try (EmbeddedPostgres postgres = start();
        Database database = open(postgres)) {
      write(database);
      long killed = postgres.pid();
      ProcessHandle.of(killed).orElseThrow().destroyForcibly();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> postgres.pid() != killed && count(database) == 1);
    }
  }

  @Test
  void stopsWhatAKilledHubLeftRunning() throws Exception {
    Process hub = hubProcess();
    long orphan = Long.parseLong(hub.inputReader().readLine());
    hub.destroyForcibly().waitFor();
    assertThat(ProcessHandle.of(orphan)).get().matches(ProcessHandle::isAlive);
    try (EmbeddedPostgres postgres = start();
        Database database = open(postgres)) {
      assertThat(postgres.pid()).isNotEqualTo(orphan);
      assertThat(count(database)).isEqualTo(1);
      assertThat(progress).anyMatch(line -> line.contains("an earlier hub left running"));
    }
  }

  @Test
  void startsAfterHubAndPostmasterWereKilledTogether() throws Exception {
    Process hub = hubProcess();
    long orphan = Long.parseLong(hub.inputReader().readLine());
    hub.destroyForcibly().waitFor();
    ProcessHandle.of(orphan).orElseThrow().destroyForcibly();
    try (EmbeddedPostgres postgres = start();
        Database database = open(postgres)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  /** A process of its own that starts PostgreSQL, writes a row, says the pid and waits. */
  private Process hubProcess() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            dir.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]), line -> {});
      try (Database database = open(postgres)) {
        write(database);
      }
      System.out.println(postgres.pid());
      System.exit(System.in.read());
    }
  }

  @Test
  void refusesASecondHubOnTheSameFolder() {
    try (EmbeddedPostgres first = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("Another hub uses " + dir);
      assertThat(first.pid()).isPositive();
    }
  }

  @Test
  void refusesDataOfAnotherMajorVersion() throws IOException {
    Path cluster = Files.createDirectory(dir.resolve("cluster"));
    Files.writeString(cluster.resolve("PG_VERSION"), "17\n");
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("data of PostgreSQL 17")
        .hasMessageContaining("database.url");
  }

  @Test
  void migratesOnceAndRefusesANewerSchema() {
    try (EmbeddedPostgres postgres = start();
        Database database = open(postgres)) {
      Migrations.Outcome first = Migrations.run(database);
      assertThat(first.applied()).first().isEqualTo("001 devices");
      assertThat(Migrations.run(database).applied()).isEmpty();
      assertThat(SchemaHistory.isCurrent(database)).isTrue();
      execute(
          database,
          """
          INSERT INTO schema_history (installed_rank, version, description, type, script, checksum,
                                      installed_by, execution_time, success)
          VALUES (9999, '999', 'from the future', 'SQL', 'V999__from_the_future.sql', 1, 'test', 1, true)\
          """);
      assertThatThrownBy(() -> Migrations.run(database))
          .isInstanceOf(Migrations.Refused.class)
          .hasMessageContaining("999 from the future")
          .hasMessageContaining("newer hub");
    }
  }

  @Test
  void looksCloserAtASchemaThatIsNotExactlyItsOwn() {
    try (EmbeddedPostgres postgres = start();
        Database database = open(postgres)) {
      assertThat(SchemaHistory.isCurrent(database)).isFalse();
      assertThat(Migrations.ensure(database)).first().isEqualTo("001 devices");
      assertThat(Migrations.ensure(database)).isEmpty();
      String step = "UPDATE schema_history SET %s WHERE version = '003'";
      execute(database, step.formatted("success = false"));
      assertThatThrownBy(() -> Migrations.ensure(database)).isInstanceOf(Migrations.Refused.class);
      execute(database, step.formatted("success = true, checksum = checksum + 1"));
      assertThatThrownBy(() -> Migrations.ensure(database)).isInstanceOf(Migrations.Refused.class);
      execute(database, step.formatted("checksum = checksum - 1"));
      assertThat(SchemaHistory.isCurrent(database)).isTrue();
      execute(database, "DELETE FROM schema_history WHERE version = '003'");
      assertThat(SchemaHistory.isCurrent(database)).isFalse();
    }
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(dir, progress::add);
  }

  private static Database open(EmbeddedPostgres postgres) {
    return Database.open(postgres.url(), postgres.user(), postgres.password(), 2);
  }

  private static void write(Database database) {
    execute(database, "CREATE TABLE kept AS SELECT 1 AS one");
  }

  private static void execute(Database database, String sql) {
    database.query(
        connection -> {
          try (var statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  private static int count(Database database) {
    return Integer.parseInt(one(database, "SELECT count(*) FROM kept"));
  }

  private static String show(Database database, String setting) {
    return one(database, "SHOW " + setting);
  }

  private static String one(Database database, String sql) {
    return database.query(
        connection -> {
          try (var statement = connection.createStatement();
              var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
          }
        });
  }
}
