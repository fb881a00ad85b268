package io.mooring.hub.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What lies in the folder of an embedded PostgreSQL, and who may use it. */
record PostgresFolder(Path dir) {
  private static final long LOG_BYTES = 8L * 1024 * 1024;

  /** The data itself, PostgreSQL's PGDATA. */
  Path cluster() {
    return dir.resolve("cluster");
  }

  /** Held until it is closed or the process ends, however it ends. */
  FileChannel lock() throws IOException {
    Files.createDirectories(dir);
    Path file = dir.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException sameProcess) {
      channel.close();
      throw inUse();
    }
    channel.close();
    throw inUse();
  }

  private EmbeddedPostgresException inUse() {
    return new EmbeddedPostgresException(
        "Another hub uses %s. Stop it, or choose another folder (--data DIR, or data.dir)."
            .formatted(dir));
  }

  void mustBeOfThisMajor() throws IOException {
    Path marker = cluster().resolve("PG_VERSION");
    String major = Files.exists(marker) ? Files.readString(marker).strip() : "an unknown version";
    if (!major.equals(PostgresBinaries.MAJOR)) {
      throw new EmbeddedPostgresException(
          """
          %s holds data of PostgreSQL %s, and this hub brings PostgreSQL %s, which cannot read it.
          Start the hub version that made it and save the data with pg_dump, then restore it into a new folder;
          or serve the old data with a PostgreSQL %s of your own and set database.url.\
          """
              .formatted(cluster(), major, PostgresBinaries.MAJOR, major));
    }
  }

  Path passFile() {
    return dir.resolve("pgpass");
  }

  Path logFile() {
    return dir.resolve("postgres.log");
  }

  void rotateLog() throws IOException {
    if (Files.exists(logFile()) && Files.size(logFile()) > LOG_BYTES) {
      Files.move(logFile(), dir.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  String logTail() throws IOException {
    List<String> lines = Files.readAllLines(logFile());
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
  }
}
