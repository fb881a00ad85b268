package io.mooring.device.internal.session;

import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.DeviceFrame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends the heartbeats of one session, and notices when the hub has fallen silent. */
final class Pulse implements Runnable {
  private final EventLoop loop;
  private final HubClock clock;
  private final Liveness liveness;
  private final Session session;
  private EventLoop.@Nullable Timer timer;

  Pulse(EventLoop loop, HubClock clock, Duration interval, Session session) {
    this.loop = loop;
    this.clock = clock;
    this.liveness = new Liveness(interval.toNanos(), loop.nanoTime());
    this.session = session;
  }

  /** The first heartbeat goes at once, so that both ends know the clocks from the start. */
  void start() {
    beat();
    arm();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  void sent() {
    liveness.sent(loop.nanoTime());
  }

  void received() {
    liveness.received(loop.nanoTime());
  }

  private void arm() {
    timer = loop.schedule(Duration.ofNanos(liveness.nextCheckIn(loop.nanoTime())), this);
  }

  /** Looks whether something is due. */
  @Override
  public void run() {
    long now = loop.nanoTime();
    if (liveness.isHubSilent(now)) {
      session.hubSilent();
      return;
    }
    if (liveness.isHeartbeatDue(now)) {
      beat();
    }
    arm();
  }

  private void beat() {
    session.send(DeviceFrame.newBuilder().setHeartbeat(clock.heartbeat()).build().toByteArray());
    liveness.heartbeatSent(loop.nanoTime());
  }
}
