package io.mooring.hub.config;

/**
 * The bounds of {@link Limits} for sockets: who may come in, and how fast. By address means the
 * client's, as trusted proxies tell it, and of IPv6 the network (/64).
 *
 * @param handshakes handshakes of this node a second; beyond it 503 with a slot in Retry-After; 0:
 *     no bound
 * @param addressConnections most device sockets from one address; beyond it 429
 * @param deviceConnections most sockets of one device, with those that are not its session yet;
 *     beyond it 429
 * @param unauthenticatedSockets most TCP connections of this node that have shown no credential;
 *     beyond it the oldest one is closed; likewise most device sockets that wait for a token in
 *     Hello, beyond which the handshake is answered 429
 * @param addressUnauthenticatedSockets the same from one address, other than a trusted proxy's
 * @param addressWrongTokens most wrong device tokens from one address; beyond it 429
 * @param wrongTokenWindowSeconds how long after the first of them the address may try others again
 * @param deviceFrames frames of one device a second, more than one that sends a day's backlog or
 *     answers a long queue needs; beyond it its socket is not read for a while, and in the end the
 *     session is closed with {@code rate-limited}; 0: no bound
 * @param deviceBytes likewise bytes
 */
public record SocketLimits(
    int handshakes,
    int addressConnections,
    int deviceConnections,
    int unauthenticatedSockets,
    int addressUnauthenticatedSockets,
    int addressWrongTokens,
    int wrongTokenWindowSeconds,
    int deviceFrames,
    int deviceBytes) {
  /** What the hub uses where nothing else is set. */
  public static final SocketLimits DEFAULTS =
      new SocketLimits(5_000, 20_000, 4, 10_000, 2_000, 100, 60, 100_000, 32 * 1024 * 1024);
}
