package io.mooring.hub.app;

import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.cluster.Hint;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.device.SessionEnder;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.wire.CloseReason;
import org.jspecify.annotations.Nullable;

/** What follows when a device's credential comes or goes. */
record Credentials(SessionRegistry registry, KnownIds known, Peers peers) implements SessionEnder {
  @Override
  public void issued(String credential) {
    known.add(credential);
    peers.tellAll(new Hint.Issued(credential));
  }

  @Override
  public void endSessionsOf(int deviceKey, String credential) {
    end(deviceKey, credential, CloseReason.TOKEN_REVOKED);
  }

  /** Ends the sessions of a device, on whichever node; null: whatever credential opened them. */
  void end(int deviceKey, @Nullable String credential, CloseReason reason) {
    registry.end(deviceKey, credential, reason);
    peers.tellAll(new Hint.End(deviceKey, credential, reason.name()));
  }
}
