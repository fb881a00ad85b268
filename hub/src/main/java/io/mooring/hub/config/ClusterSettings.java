package io.mooring.hub.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The settings of {@link ClusterConfig}: a hub that has {@code nats.url} is one of several. */
final class ClusterSettings {
  private static final Pattern ANY = Pattern.compile("\\S.*");
  private static final Pattern SERVER =
      Pattern.compile("(nats|tls)://([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:]+])(:\\d{1,5})?");

  static final Setting<List<String>> URL =
      new Setting<>(
          "nats.url",
          "URLs, nats://host:port or tls://host:port, with commas between",
          null,
          false,
          "NATS servers by which hubs on one database hear of each other; not set: this hub is alone.",
          ClusterSettings::servers);
  private static final Setting<String> SUBJECT =
      Kinds.text(
          "nats.subject",
          "mooring",
          "1 to 64 of A-Z a-z 0-9 _ - .",
          Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(?<=^.{1,64})"),
          "What the subjects of this cluster begin with, where several share NATS.");
  private static final Setting<String> USER =
      Kinds.text("nats.user", null, "text", ANY, "User for NATS.");
  private static final Setting<String> PASSWORD =
      Kinds.secret("nats.password", "Password of nats.user.");
  private static final Setting<Path> PASSWORD_FILE =
      Kinds.path(
          "nats.password-file",
          null,
          "file",
          "File that holds the password of nats.user; instead of nats.password.");
  private static final Setting<String> TOKEN =
      Kinds.secret("nats.token", "Token for NATS; instead of a user.");
  private static final Setting<Path> TOKEN_FILE =
      Kinds.path(
          "nats.token-file",
          null,
          "file",
          "File that holds the token for NATS; instead of nats.token.");
  private static final Setting<Path> AUTHORITY =
      Kinds.path(
          "nats.tls-ca",
          null,
          "PEM file",
          "Who signs the certificates of the NATS servers; by default those whom the JDK trusts.");
  private static final Setting<Path> CERTIFICATE =
      Kinds.path(
          "nats.tls-certificate",
          null,
          "PEM file",
          "This hub's certificate, for NATS servers that ask for one.");
  private static final Setting<Path> KEY =
      Kinds.path("nats.tls-key", null, "PEM file", "The private key of nats.tls-certificate.");
  private static final Setting<Duration> LEASE =
      Kinds.span(
          "cluster.lease",
          "10s",
          "2s",
          "5m",
          "A hub without PostgreSQL for so long sends its devices to others, which count it as lost.");

  private ClusterSettings() {}

  static List<Setting<?>> table() {
    return List.of(
        URL,
        SUBJECT,
        USER,
        PASSWORD,
        PASSWORD_FILE,
        TOKEN,
        TOKEN_FILE,
        AUTHORITY,
        CERTIFICATE,
        KEY,
        LEASE);
  }

  private static List<String> servers(String text) {
    List<String> servers = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String server = part.strip();
      if (!SERVER.matcher(server).matches()) {
        throw new IllegalArgumentException(
            "holds \"%s\", which is no NATS server; write such as nats://10.0.0.1:4222"
                .formatted(server));
      }
      servers.add(server);
    }
    return List.copyOf(servers);
  }

  /**
   * Puts the values together; null: this hub is alone.
   *
   * @param ownDatabase whether {@code database.url} is set
   * @throws IllegalArgumentException when they do not fit together
   */
  static @Nullable ClusterConfig make(ListenSettings.Values v, boolean ownDatabase) {
    List<String> servers = v.find(URL);
    if (servers == null) {
      for (Setting<?> setting : table()) {
        if (!setting.equals(SUBJECT) && !setting.equals(LEASE) && v.find(setting) != null) {
          throw new IllegalArgumentException(setting.key() + ": is set, but nats.url is not");
        }
      }
      return null;
    }
    if (!ownDatabase) {
      throw new IllegalArgumentException(
          "nats.url: is set, but database.url is not; hubs that work together need one PostgreSQL");
    }
    String password = secret(v, PASSWORD, PASSWORD_FILE);
    String token = secret(v, TOKEN, TOKEN_FILE);
    String user = v.find(USER);
    if (user != null && token != null) {
      throw new IllegalArgumentException(
          "nats.user and nats.token: both are set; keep one of them");
    }
    if (password != null && user == null) {
      throw new IllegalArgumentException("nats.password: is set, but nats.user is not");
    }
    if (user != null && password == null) {
      throw new IllegalArgumentException(
          "nats.user: is set, but neither nats.password nor nats.password-file is");
    }
    return new ClusterConfig(
        new ClusterConfig.Nats(servers, v.get(SUBJECT), user, password, token, tls(v)),
        v.get(LEASE));
  }

  private static ClusterConfig.@Nullable Tls tls(ListenSettings.Values v) {
    Path authority = v.find(AUTHORITY);
    Path certificate = v.find(CERTIFICATE);
    Path key = v.find(KEY);
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "nats.tls-certificate and nats.tls-key: one is set, but not the other");
    }
    return authority == null && certificate == null
        ? null
        : new ClusterConfig.Tls(authority, certificate, key);
  }

  private static @Nullable String secret(
      ListenSettings.Values v, Setting<String> value, Setting<Path> file) {
    String given = v.find(value);
    Path path = v.find(file);
    if (path == null) {
      return given;
    }
    if (given != null) {
      throw new IllegalArgumentException(
          "%s and %s: both are set; keep one of them".formatted(value.key(), file.key()));
    }
    try {
      return Files.readString(path).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: %s cannot be read: %s".formatted(file.key(), path, e.getMessage()), e);
    }
  }
}
