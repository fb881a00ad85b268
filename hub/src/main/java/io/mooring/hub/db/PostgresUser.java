package io.mooring.hub.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who runs PostgreSQL: whoever runs the hub, except root, whom PostgreSQL refuses. Root runs it as
 * {@code nobody}.
 *
 * @param name the other user's name; null: the hub's own
 * @param prefix what a command line begins with to run as that user
 */
record PostgresUser(@Nullable String name, List<String> prefix) {
  private static final String OTHER = "nobody";

  static PostgresUser forThisProcess() throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return new PostgresUser(null, List.of());
    }
    if (onPath("setpriv") != null) {
      String group = run(List.of("id", "-g", OTHER)).output().strip();
      return new PostgresUser(
          OTHER,
          List.of("setpriv", "--reuid=" + OTHER, "--regid=" + group, "--clear-groups", "--"));
    }
    if (onPath("runuser") != null) {
      return new PostgresUser(OTHER, List.of("runuser", "-u", OTHER, "--"));
    }
    throw new EmbeddedPostgresException(
        "PostgreSQL refuses to run as root, and neither setpriv nor runuser (both of util-linux) is"
            + " here to run it as another user. Start the hub as an ordinary user.");
  }

  /** Gives a file or an empty folder to this user. */
  void own(Path path) throws IOException {
    if (name != null) {
      var owner = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      Files.setOwner(path, owner);
    }
  }

  /** Fails when this user may not enter the folder, and names the parent that is closed. */
  void mustReach(Path dir) throws IOException {
    if (name == null || run(command(List.of("test", "-x", dir.toString()))).code() == 0) {
      return;
    }
    Path closed = dir;
    for (Path p = dir; p != null; p = p.getParent()) {
      if (!othersMayEnter(p)) {
        closed = p;
      }
    }
    throw new EmbeddedPostgresException(
        """
        PostgreSQL refuses to run as root, so it runs as user %s, who may not enter %s.
        Choose another folder (--data DIR, or data.dir), for example /var/lib/mooring; or open this one: chmod o+x %s\
        """
            .formatted(name, closed, closed));
  }

  private static boolean othersMayEnter(Path dir) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(dir, PosixFileAttributeView.class);
    return view == null
        || view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_EXECUTE);
  }

  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** How a short-lived program ended. */
  record Outcome(int code, String output) {}

  /** Runs a short-lived program with an environment free of PostgreSQL's variables. */
  static Outcome run(List<String> command) throws IOException {
    Process process = builder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new EmbeddedPostgresException(command + " did not end within two minutes");
      }
      return new Outcome(process.exitValue(), output);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new EmbeddedPostgresException("interrupted while running " + command, e);
    }
  }

  /** PGDATA, PGPORT and their like of the caller's shell must not reach our PostgreSQL. */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
    return builder;
  }

  static @Nullable Path onPath(String program) {
    String path = System.getenv("PATH");
    for (String dir : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
      Path candidate = Path.of(dir, program);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}
