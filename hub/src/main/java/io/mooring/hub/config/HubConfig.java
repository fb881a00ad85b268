package io.mooring.hub.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a hub, validated.
 *
 * @param listen where the hub listens, and how
 * @param node this node's name in session and command histories
 * @param data where the embedded PostgreSQL and generated files live
 * @param database the operator's own PostgreSQL; null: embedded under {@code data}
 * @param heartbeatInterval how often a device must send something
 * @param helloTimeout how long a new socket may take to send Hello
 * @param compression whether devices may compress what they send
 * @param shutdownTimeout how long an ordered shutdown may take
 * @param retentionDays how many days of telemetry are kept; 0: for ever
 * @param mergePercent share of one processor's time for merging small rows; 0: they stay
 * @param historyDays how many days of events, ended commands and ended sessions are kept; 0: for
 *     ever
 * @param cluster how it shares its database with other hubs; null: it has the database for itself
 * @param settings what all of this came from, secrets masked, for people to read
 */
public record HubConfig(
    Listen listen,
    String node,
    Path data,
    @Nullable Postgres database,
    Duration heartbeatInterval,
    Duration helloTimeout,
    boolean compression,
    Duration shutdownTimeout,
    int retentionDays,
    int mergePercent,
    int historyDays,
    Access access,
    WebhookConfig webhooks,
    Limits limits,
    @Nullable ClusterConfig cluster,
    List<SettingInForce> settings) {

  /** How many connections the pool of the embedded PostgreSQL holds. */
  public static final int POOL_SIZE = 10;

  /**
   * Where the operator's own PostgreSQL is.
   *
   * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}
   */
  public record Postgres(String url, String user, String password, int poolSize) {
    @Override
    public String toString() {
      return "Postgres[url=" + ShownUrl.of(url) + ", user=" + user + ", poolSize=" + poolSize + "]";
    }
  }

  /**
   * Of users and what they do.
   *
   * @param auditDays how many days of the audit log are kept; 0: for ever
   * @param sessionLifetime how long a user stays signed in
   * @param oneTimePasswordLifetime how long a one-time password opens
   */
  public record Access(int auditDays, Duration sessionLifetime, Duration oneTimePasswordLifetime) {
    /** What the hub uses where nothing else is set. */
    public static final Access DEFAULTS = new Access(365, Duration.ofHours(12), Duration.ofDays(7));
  }

  /** A device is suspect after one missed interval. */
  public Duration suspectAfter() {
    return heartbeatInterval.plus(heartbeatInterval.dividedBy(4));
  }

  /** A device is offline after two and a half intervals of silence. */
  public Duration offlineAfter() {
    return heartbeatInterval.multipliedBy(5).dividedBy(2);
  }
}
