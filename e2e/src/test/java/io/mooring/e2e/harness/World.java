package io.mooring.e2e.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What all tests of a run share: one PostgreSQL and one installation, ended after the last test.
 */
final class World implements AutoCloseable {
  private final Path dir;
  private final Postgres postgres;
  private final Installation installation;
  private final String key;
  private final Set<Child> children = ConcurrentHashMap.newKeySet();
  private final Thread atExit = new Thread(this::endProcesses);

  private World() throws IOException {
    // Root's PostgreSQL runs as another user, who must be able to enter the folder.
    dir = Files.createTempDirectory("mooring-e2e-");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    installation = new Installation(dir.resolve("installation"));
    postgres = new Postgres(dir.resolve("postgresql"));
    // Whoever breaks the run off leaves nothing behind either.
    Runtime.getRuntime().addShutdownHook(atExit);
    key = firstKey(postgres.createTemplate());
  }

  /** Migrates the database that every scenario starts with a copy of, and makes the first key. */
  private String firstKey(Database template) throws IOException {
    Installation.Outcome made =
        Installation.run(
            installation.hub(
                template.settings(), "key", "create", "--name", "e2e", "--scope", "admin"),
            dir.resolve("first-key.out"),
            dir.resolve("first-key.err"));
    if (made.code() != 0) {
      throw new IllegalStateException(made.err());
    }
    // Without a user each hub would make one, and hashing a password takes a second on
    // purpose.
    template.execute(
        "INSERT INTO user_account (name, password_hash, role, created_at)"
            + " VALUES ('admin', 'opens for no password', 'admin', now())");
    return made.out().strip();
  }

  /** An API key that opens every scenario's hub. */
  String key() {
    return key;
  }

  static World of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(World.class))
        .getOrComputeIfAbsent(World.class, key -> make(), World.class);
  }

  private static World make() {
    try {
      return new World();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Kills this process at the latest when the run ends. */
  void keep(Child child) {
    children.add(child);
  }

  /** Kills a process and all it has started. */
  void end(Child child) {
    child.close();
    children.remove(child);
  }

  private void endProcesses() {
    children.forEach(Child::close);
    postgres.close();
  }

  Path dir() {
    return dir;
  }

  Postgres postgres() {
    return postgres;
  }

  Installation installation() {
    return installation;
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    endProcesses();
    // Each process that runs tests has a PostgreSQL of its own.
    String log = "postgres-" + ProcessHandle.current().pid() + ".log";
    postgres.keepLog(Path.of(System.getProperty("e2e.logs", "target/logs"), log));
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(dir)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
