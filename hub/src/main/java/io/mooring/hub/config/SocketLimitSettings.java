package io.mooring.hub.config;

import static io.mooring.hub.config.SocketLimits.DEFAULTS;

import java.util.List;
import java.util.function.Function;

/** The settings of {@link SocketLimits}: one row each, in the order of its components. */
final class SocketLimitSettings {
  private static final List<Setting<Integer>> TABLE =
      List.of(
          Kinds.count(
              "limits.handshakes",
              DEFAULTS.handshakes(),
              0,
              1_000_000,
              "a second",
              "Most handshakes of devices on this node; beyond it 503 with a slot in Retry-After."
                  + " 0: no bound."),
          Kinds.count(
              "limits.address-connections",
              DEFAULTS.addressConnections(),
              1,
              1_000_000,
              "sockets",
              "Most device sockets from one address (IPv6: /64); beyond it 429."),
          Kinds.count(
              "limits.device-connections",
              DEFAULTS.deviceConnections(),
              1,
              1_000,
              "sockets",
              "Most sockets of one device, with those that are not its session yet; beyond it 429."),
          Kinds.count(
              "limits.unauthenticated-sockets",
              DEFAULTS.unauthenticatedSockets(),
              10,
              1_000_000,
              "sockets",
              "Most TCP connections that have shown no credential; beyond it the oldest is closed."
                  + " As many more sockets may wait for a token in Hello; beyond it 429."),
          Kinds.count(
              "limits.address-unauthenticated-sockets",
              DEFAULTS.addressUnauthenticatedSockets(),
              1,
              1_000_000,
              "sockets",
              "The same from one address (IPv6: /64); connections of trusted proxies do not count."),
          Kinds.count(
              "limits.address-wrong-tokens",
              DEFAULTS.addressWrongTokens(),
              1,
              1_000_000,
              "tokens",
              "Most wrong device tokens from one address (IPv6: /64); then 429 for tokens that did"
                  + " not open before."),
          Kinds.count(
              "limits.wrong-token-window-seconds",
              DEFAULTS.wrongTokenWindowSeconds(),
              1,
              24 * 3600,
              "seconds",
              "How long after the first wrong token such an address may try others again."),
          Kinds.count(
              "limits.device-frames",
              DEFAULTS.deviceFrames(),
              0,
              1_000_000,
              "a second",
              "Most frames of one device; beyond it its socket is read slower, and closed after a"
                  + " minute of it. 0: no bound."),
          Kinds.bytes(
              "limits.device-bytes",
              DEFAULTS.deviceBytes(),
              0,
              1024 * 1024 * 1024,
              "Most bytes of one device a second; likewise. 0: no bound."));

  private SocketLimitSettings() {}

  static List<Setting<Integer>> table() {
    return TABLE;
  }

  static SocketLimits make(Function<Setting<Integer>, Integer> value) {
    int[] v = TABLE.stream().mapToInt(value::apply).toArray();
    return new SocketLimits(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]);
  }
}
