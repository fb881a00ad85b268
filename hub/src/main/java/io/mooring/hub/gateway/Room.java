package io.mooring.hub.gateway;

import io.mooring.hub.config.Limits;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.session.Sessions;
import org.jspecify.annotations.Nullable;

/** Whether there is room for another device's socket. Safe for all threads. */
final class Room {
  private final SessionRegistry registry;
  private final Limits limits;

  /** There is none. */
  record Full(String reason, Refusal refusal) {
    /** Logs whom it hit; that this node stops is no limit. */
    void tell(Handshake log, String address, @Nullable String device) {
      if (!refusal.equals(Refusal.STOPPING)) {
        log.limited(reason, refusal, address, device);
      }
    }
  }

  Room(Sessions sessions) {
    this.registry = sessions.registry();
    this.limits = sessions.config().limits();
  }

  /** Whether it is worth finding out who comes from this address; null: it is. */
  @Nullable Full full(String address) {
    if (registry.isDraining()) {
      return new Full("stopping", Refusal.STOPPING);
    }
    if (registry.size() >= limits.connections()) {
      return new Full("full", Refusal.FULL);
    }
    return registry.from(address) >= limits.sockets().addressConnections()
        ? new Full("address-full", Refusal.ADDRESS_FULL)
        : null;
  }

  /**
   * Lets somebody in who is known by now, if there is still room: many may have found some while
   * they were looked up. One at a time, so that no two of them take the last place.
   *
   * @param entering counts its session
   * @return null: it has run
   */
  synchronized @Nullable Full enter(Sessions.Identity identity, String address, Runnable entering) {
    Full full =
        registry.socketsOf(identity.deviceKey()) >= limits.sockets().deviceConnections()
            ? new Full("device-full", Refusal.DEVICE_FULL)
            : full(address);
    if (full == null) {
      entering.run();
    }
    return full;
  }
}
