package io.mooring.hub.gateway;

import io.mooring.hub.admission.Crowd;
import io.mooring.hub.admission.Source;
import io.mooring.hub.config.SocketLimits;

/**
 * Counts the sockets that have not yet shown a token, of each address and of all. Anybody can open
 * one, so there must not be many. Safe for all threads.
 */
final class UnprovenSockets {
  /** Why one is refused. */
  static final Room.Full FULL = new Room.Full("unauthenticated-sockets", Refusal.UNPROVEN);

  private final SocketLimits limits;
  private final Crowd<String> byAddress = new Crowd<>();
  private int all; // guarded by this

  UnprovenSockets(SocketLimits limits) {
    this.limits = limits;
  }

  synchronized boolean hasRoom(String address) {
    return all < limits.unauthenticatedSockets()
        && byAddress.of(Source.of(address)) < limits.addressUnauthenticatedSockets();
  }

  /** False: there is no room. True: {@link #leave} must follow. */
  synchronized boolean enter(String address) {
    if (!hasRoom(address)) {
      return false;
    }
    all++;
    byAddress.entered(Source.of(address));
    return true;
  }

  synchronized void leave(String address) {
    all--;
    byAddress.left(Source.of(address));
  }
}
