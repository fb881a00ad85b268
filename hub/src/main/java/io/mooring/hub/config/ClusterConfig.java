package io.mooring.hub.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this hub shares its database with others.
 *
 * @param nats where hubs tell each other what is new
 * @param lease how long a hub that does not renew its lease counts as alive
 */
public record ClusterConfig(Nats nats, Duration lease) {
  /**
   * The way to NATS.
   *
   * @param servers URLs, {@code nats://host:port} or {@code tls://host:port}
   * @param subject what the subjects of this cluster begin with
   * @param user null: by token, or as nobody
   * @param token null: by user, or as nobody
   */
  public record Nats(
      List<String> servers,
      String subject,
      @Nullable String user,
      @Nullable String password,
      @Nullable String token,
      @Nullable Tls tls) {
    @Override
    public String toString() {
      return "Nats[servers=" + servers + ", subject=" + subject + ", user=" + user + "]";
    }
  }

  /**
   * PEM files.
   *
   * @param authority who signs the servers' certificates; null: those whom the JDK trusts
   * @param certificate of this hub, for servers that ask for one; null: none
   */
  public record Tls(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {}
}
