package io.mooring.hub.session;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.presence.SessionOpen;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.FrameEncoder;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.util.List;

/** What becomes of a Hello once the session's epoch is committed. On the notifier thread. */
final class Opening implements SessionOpen.Outcome {
  private final Sessions sessions;
  private final DeviceSession session;
  private final Sender sender;
  private final List<Inbound.Stream> streams;

  Opening(Sessions sessions, DeviceSession session, Sender sender, List<Inbound.Stream> streams) {
    this.sessions = sessions;
    this.session = session;
    this.sender = sender;
    this.streams = streams;
  }

  @Override
  public void opened(long epoch, List<Long> storedSeqs, boolean commandsWait, long newlyDropped) {
    sessions.dropped(session.deviceId(), newlyDropped);
    TelemetryInlet inlet = new TelemetryInlet(sessions, session, sender, streams, storedSeqs);
    boolean open = session.opened(epoch, inlet);
    // Also where it has ended: its epoch fences the older session, which must not live on.
    sessions.registry().opened(session);
    if (!open) {
      sessions.registry().ended(session);
      session.recordEnd();
      return;
    }
    welcome(epoch, storedSeqs);
    sessions.commands().attach(session, commandsWait);
    if (session.phase() == Phase.CLOSED) {
      // It ended between the lines above, perhaps before it was put where its end takes it from.
      sessions.registry().ended(session);
      sessions.commands().detach(session);
    }
  }

  private void welcome(long epoch, List<Long> storedSeqs) {
    session.line().heard();
    long nowUs = sessions.nowUs();
    session.line().welcomed(nowUs);
    sessions.metrics().sessionsOpened.inc();
    sender.send(
        FrameEncoder.welcome(
            epoch,
            nowUs,
            (int) sessions.config().heartbeatInterval().toMillis(),
            storedSeqs,
            (int) sessions.reconnectSlot(session).toMillis(),
            sessions.limits()));
  }

  @Override
  public void denied(boolean disabled) {
    CloseReason reason = disabled ? CloseReason.DEVICE_DISABLED : CloseReason.TOKEN_REVOKED;
    session.close(reason, Duration.ZERO, "since the handshake");
  }

  @Override
  public void failed(DatabaseException why) {
    session.close(
        CloseReason.UNAVAILABLE, Duration.ofSeconds(5), "the session could not be opened");
  }
}
