package io.mooring.hub.db;

import io.mooring.hub.config.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Port and password of an embedded PostgreSQL, kept in a file that only its owner may read. It is
 * in the format of PostgreSQL's own password files, so that psql can use it: {@code PGPASSFILE=FILE
 * psql -h 127.0.0.1 -p PORT -U mooring mooring}.
 */
record PostgresAccess(int port, String password) {
  static final String NAME = "mooring";
  private static final String HOST = "127.0.0.1";

  static PostgresAccess fresh() throws IOException {
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    return new PostgresAccess(freePort(), HexFormat.of().formatHex(secret));
  }

  /** Reads the file. Takes another port when its own is in use by another program. */
  static PostgresAccess read(Path file) throws IOException {
    List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    String[] parts = lines.isEmpty() ? new String[0] : lines.getFirst().split(":", -1);
    if (parts.length != 5 || !parts[1].matches("\\d{1,5}")) {
      throw new EmbeddedPostgresException(
          "%s is missing or damaged. It holds the password of the database beside it: restore it from a backup."
              .formatted(file));
    }
    int port = Integer.parseInt(parts[1]);
    return new PostgresAccess(isFree(port) ? port : freePort(), parts[4]);
  }

  void write(Path file) throws IOException {
    SecretFile.write(file, "%s:%d:*:%s:%s%n".formatted(HOST, port, NAME, password));
  }

  String url(String database) {
    return "jdbc:postgresql://%s:%d/%s".formatted(HOST, port, database);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral(HOST))) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
