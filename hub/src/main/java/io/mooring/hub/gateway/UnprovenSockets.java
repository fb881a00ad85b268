package io.mooring.hub.gateway;

import io.mooring.hub.config.Listen;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Counts the sockets that have not yet shown a token, of each address and of all. Anybody can open
 * one, so there must not be many. Safe for all threads.
 */
final class UnprovenSockets {
  private final Listen.Unproven limits;
  private final Map<String, Integer> byAddress = new HashMap<>(); // guarded by this
  private int all; // guarded by this

  UnprovenSockets(Listen.Unproven limits) {
    this.limits = limits;
  }

  synchronized boolean hasRoom(String address) {
    return all < limits.sockets()
        && byAddress.getOrDefault(block(address), 0) < limits.addressSockets();
  }

  /** False: there is no room. True: {@link #leave} must follow. */
  synchronized boolean enter(String address) {
    if (!hasRoom(address)) {
      return false;
    }
    all++;
    byAddress.merge(block(address), 1, Integer::sum);
    return true;
  }

  synchronized void leave(String address) {
    all--;
    byAddress.computeIfPresent(block(address), (_, count) -> count == 1 ? null : count - 1);
  }

  /** Of IPv6 the /64, since whoever has one address of it has all of them. */
  private static String block(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      return InetAddress.ofLiteral(address) instanceof Inet6Address six
          ? HexFormat.of().formatHex(six.getAddress(), 0, 8)
          : address;
    } catch (IllegalArgumentException e) {
      return address;
    }
  }
}
