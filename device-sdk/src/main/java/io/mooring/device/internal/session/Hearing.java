package io.mooring.device.internal.session;

import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.transport.Ending;
import io.mooring.device.internal.transport.Transport;
import org.jspecify.annotations.Nullable;

/** Hands what the transport says over to the loop, and drops it once the session has ended. */
record Hearing(EventLoop loop, Session session) implements Transport.Listener {
  @Override
  public void opened() {
    loop.execute(new Heard(session, null, null));
  }

  @Override
  public void received(byte[] message) {
    loop.execute(new Heard(session, message, null));
  }

  @Override
  public void ended(Ending ending) {
    loop.execute(new Heard(session, null, ending));
  }

  /** Without a message and an ending: the transport has opened. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Heard(Session session, byte @Nullable [] message, @Nullable Ending ending)
      implements Runnable {
    @Override
    public void run() {
      if (session.hasEnded()) {
        return;
      }
      if (ending != null) {
        session.ended(ending);
      } else if (message != null) {
        session.received(message);
      } else {
        session.opened();
      }
    }
  }
}
