package io.mooring.hub.config;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub listens, and how.
 *
 * @param devices where devices connect; everybody, where there is no port for operators
 * @param operators where page, API and metrics are; null: where devices connect
 * @param tls of both; null: plain HTTP
 * @param proxies who stands before it
 * @param origins of web pages that may connect as devices
 */
public record Listen(
    Address devices,
    @Nullable Address operators,
    @Nullable Tls tls,
    Proxies proxies,
    Set<String> origins) {
  /**
   * Where to listen.
   *
   * @param port 0 takes a free one
   */
  public record Address(String host, int port) {}

  /**
   * PEM files.
   *
   * @param certificate the hub's certificate, then those of who signed it
   * @param key the first certificate's private key
   * @param clientAuthority who signs devices' certificates; null: devices are asked for none
   */
  public record Tls(Path certificate, Path key, @Nullable Path clientAuthority) {}

  /**
   * Whom the hub believes what about its clients.
   *
   * @param trusted peers whose forwarded headers count
   * @param protocol whether their PROXY protocol counts, too
   * @param https whether every client comes by https, whatever the hub sees
   */
  public record Proxies(Networks trusted, boolean protocol, boolean https) {
    /** Nobody is believed. */
    public static final Proxies NONE = new Proxies(Networks.NONE, false, false);
  }

  /** In plain HTTP, trusting nobody. */
  public static Listen plain(String host, int port) {
    return new Listen(new Address(host, port), null, null, Proxies.NONE, Set.of());
  }

  /** Where people and programs reach it. */
  public Address web() {
    return operators == null ? devices : operators;
  }
}
