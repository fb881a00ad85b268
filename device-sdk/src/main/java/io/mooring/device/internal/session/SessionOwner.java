package io.mooring.device.internal.session;

import io.mooring.device.internal.transport.Ending;
import java.time.Duration;

/** Hears of the session, on the loop. */
interface SessionOwner {
  /**
   * @param reconnectSlot how much later than otherwise to come back if the hub is lost
   */
  void welcomed(Session session, long epoch, Duration reconnectSlot);

  /** Once, last. */
  void ended(Session session, Ending ending);
}
