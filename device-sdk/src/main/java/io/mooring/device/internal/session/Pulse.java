package io.mooring.device.internal.session;

import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.DeviceFrame;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends the heartbeats of one session, and notices when the hub has fallen silent. */
final class Pulse {
  private final EventLoop loop;
  private final HubClock clock;
  private final Liveness liveness;
  private final Consumer<byte[]> send;
  private final Runnable hubSilent;
  private EventLoop.@Nullable Timer timer;

  /**
   * @param hubSilent called once, when nothing has come for two and a half intervals
   */
  Pulse(
      EventLoop loop,
      HubClock clock,
      Duration interval,
      Consumer<byte[]> send,
      Runnable hubSilent) {
    this.loop = loop;
    this.clock = clock;
    this.liveness = new Liveness(interval.toNanos(), loop.nanoTime());
    this.send = send;
    this.hubSilent = hubSilent;
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
    timer = loop.schedule(Duration.ofNanos(liveness.nextCheckIn(loop.nanoTime())), this::check);
  }

  private void check() {
    long now = loop.nanoTime();
    if (liveness.isHubSilent(now)) {
      hubSilent.run();
      return;
    }
    if (liveness.isHeartbeatDue(now)) {
      beat();
    }
    arm();
  }

  private void beat() {
    send.accept(DeviceFrame.newBuilder().setHeartbeat(clock.heartbeat()).build().toByteArray());
    liveness.heartbeatSent(loop.nanoTime());
  }
}
