package io.mooring.device.internal.session;

import io.mooring.device.internal.transport.Ending;

/** Hears of the session, on the loop. */
interface SessionOwner {
  void welcomed(Session session, long epoch);

  /** Once, last. */
  void ended(Session session, Ending ending);
}
