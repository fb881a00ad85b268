package io.mooring.hub.db;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs that come with the hub, unpacked once a version.
 *
 * @param home holds {@code bin}, {@code lib} and {@code share}
 */
record PostgresBinaries(Path home) {
  /** The version of the archive on the class path; the parent pom pins it. */
  static final String VERSION = "18.6";

  static final String MAJOR = VERSION.substring(0, VERSION.indexOf('.'));

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  /** Unpacks beside the final place and renames, so a half unpacked copy is never used. */
  static PostgresBinaries in(Path dir, Consumer<String> progress) throws IOException {
    Path home = dir.resolve("postgresql-" + VERSION);
    if (!Files.isDirectory(home)) {
      progress.accept("Preparing PostgreSQL " + VERSION + " (first start only) …");
      Path half = dir.resolve("postgresql-" + VERSION + ".unpacking");
      deleteTree(half);
      String archive = archive();
      try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
        if (in == null) {
          throw new EmbeddedPostgresException(
              "This hub brings no PostgreSQL for %s (%s). Set database.url to a PostgreSQL 15 or newer."
                  .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        unpack(in, half);
      }
      Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
    }
    return new PostgresBinaries(home);
  }

  /** As the archives are named: {@code postgres-linux-x86_64.txz}. */
  private static String archive() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "");
    String cpu =
        switch (arch) {
          case "amd64" -> "x86_64";
          case "aarch64" -> "arm_64";
          default -> arch;
        };
    return "postgres-%s-%s.txz".formatted(os.startsWith("mac") ? "darwin" : os, cpu);
  }

  private static void unpack(InputStream in, Path to) throws IOException {
    Files.createDirectories(to);
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = to.resolve(entry.getName()).normalize();
        if (!path.startsWith(to)) {
          throw new IOException("archive entry outside its folder: " + entry.getName());
        }
        write(tar, entry, path);
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(path.resolveSibling("."));
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    } else {
      Files.createDirectories(path.resolveSibling("."));
      Files.copy(tar, path);
    }
    boolean program = entry.isDirectory() || (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** Deletes a folder and all below it; nothing there is fine. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(root)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
