package io.mooring.hub.app;

import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.device.SessionEnder;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.wire.CloseReason;

/** What follows when a device's credential comes or goes. */
record Credentials(SessionRegistry registry, KnownIds known) implements SessionEnder {
  @Override
  public void issued(String credential) {
    known.add(credential);
  }

  @Override
  public void endSessionsOf(int deviceKey, String credential) {
    registry.end(deviceKey, credential, CloseReason.TOKEN_REVOKED);
  }
}
