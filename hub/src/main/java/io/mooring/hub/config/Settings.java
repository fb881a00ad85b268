package io.mooring.hub.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The table of all settings. Whoever adds one adds a row here and nothing else. */
public final class Settings {
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern JDBC = Pattern.compile("jdbc:postgresql:\\S+");
  private static final Pattern ANY = Pattern.compile("\\S.*");

  static final Setting<String> NODE_NAME =
      Kinds.text(
          "node.name",
          HostName.label(),
          "name, 1 to 64 of A-Z a-z 0-9 . _ -",
          NODE,
          "This hub's name in session and command histories; by default the machine's name.");
  static final Setting<Path> DATA_DIR =
      Kinds.path(
          "data.dir",
          DataFolder.standard(),
          "folder",
          "Where the embedded PostgreSQL lives when database.url is not set.");
  static final Setting<String> DATABASE_URL =
      Kinds.text(
          "database.url",
          null,
          "JDBC URL, jdbc:postgresql://host:port/database",
          JDBC,
          "Your own PostgreSQL, 15 or newer. Not set: an embedded one under data.dir.");
  static final Setting<String> DATABASE_USER =
      Kinds.text(
          "database.user", "mooring", "text", ANY, "User for database.url; must own its database.");
  static final Setting<String> DATABASE_PASSWORD =
      Kinds.secret("database.password", "Password for database.url.");
  static final Setting<Path> DATABASE_PASSWORD_FILE =
      Kinds.path(
          "database.password-file",
          null,
          "file",
          "File that holds the password for database.url; instead of database.password.");
  static final Setting<Integer> DATABASE_POOL_SIZE =
      Kinds.count(
          "database.pool-size",
          HubConfig.POOL_SIZE,
          2,
          200,
          "connections",
          "Most connections to PostgreSQL for requests; the hot path has its own beside them.");
  static final Setting<Duration> HEARTBEAT_INTERVAL =
      Kinds.span(
          "session.heartbeat-interval",
          "15s",
          "1s",
          "10m",
          "How often a device must send something. Silent for 2.5 intervals, it is offline.");
  static final Setting<Duration> HELLO_TIMEOUT =
      Kinds.span(
          "session.hello-timeout",
          "5s",
          "100ms",
          "1m",
          "How long a new socket may take to introduce itself.");
  static final Setting<Boolean> COMPRESSION =
      Kinds.flag(
          "session.compression",
          false,
          "Whether devices may compress what they send (permessage-deflate).");
  static final Setting<Duration> SHUTDOWN_TIMEOUT =
      Kinds.span("shutdown.timeout", "10s", "1s", "5m", "How long an ordered shutdown may take.");
  static final Setting<Integer> RETENTION_DAYS =
      Kinds.count(
          "telemetry.retention-days",
          0,
          0,
          36500,
          "days",
          "How long telemetry is kept; 0 keeps it for ever.");
  static final Setting<Integer> MERGE_PERCENT =
      Kinds.count(
          "telemetry.merge-percent",
          20,
          0,
          100,
          "percent",
          "Most of one connection's time for merging small rows of past hours; 0 leaves them.");
  static final Setting<Integer> HISTORY_DAYS =
      Kinds.count(
          "history.retention-days",
          90,
          0,
          36500,
          "days",
          "How long events, ended commands, jobs and sessions are kept; 0 keeps them for ever.");

  static final Setting<Integer> AUDIT_DAYS =
      Kinds.count(
          "audit.retention-days",
          HubConfig.Access.DEFAULTS.auditDays(),
          0,
          36500,
          "days",
          "How long entries of the audit log are kept; 0 keeps them for ever.");
  static final Setting<Duration> USER_SESSION_LIFETIME =
      Kinds.span("users.session-lifetime", "12h", "1m", "720h", "How long a user stays signed in.");
  static final Setting<Duration> ONE_TIME_PASSWORD_LIFETIME =
      Kinds.span(
          "users.one-time-password-lifetime",
          "168h",
          "1m",
          "8760h",
          "How long a one-time password opens; it is to be changed at the first sign-in.");

  /** Environment variables of this name are no settings, yet belong to Mooring's programs. */
  static final Set<String> OTHER_VARIABLES =
      Set.of(
          "MOORING_CONFIG",
          "MOORING_URL",
          "MOORING_KEY",
          "MOORING_HUB",
          "MOORING_TOKEN",
          "MOORING_JAVA_HOME",
          "MOORING_JDK_FOLDERS",
          "MOORING_JAVA_OPTS",
          "MOORING_LOG_FORMAT",
          "MOORING_LOG_LEVEL");

  private static final List<Setting<?>> ALL = all();

  private Settings() {}

  /** Every setting, in the order of the documentation. */
  public static List<Setting<?>> table() {
    return ALL;
  }

  private static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>(ListenSettings.table());
    all.addAll(
        List.of(
            NODE_NAME,
            DATA_DIR,
            DATABASE_URL,
            DATABASE_USER,
            DATABASE_PASSWORD,
            DATABASE_PASSWORD_FILE,
            DATABASE_POOL_SIZE,
            HEARTBEAT_INTERVAL,
            HELLO_TIMEOUT,
            COMPRESSION,
            SHUTDOWN_TIMEOUT,
            RETENTION_DAYS,
            MERGE_PERCENT,
            HISTORY_DAYS,
            AUDIT_DAYS,
            USER_SESSION_LIFETIME,
            ONE_TIME_PASSWORD_LIFETIME));
    all.addAll(ClusterSettings.table());
    all.addAll(WebhookSettings.table());
    all.addAll(LimitSettings.table());
    return List.copyOf(all);
  }
}
