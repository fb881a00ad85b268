package io.mooring.device.internal.session;

import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.HeartbeatReply;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one session knows of the hub's clock and of the line. */
final class HubClock implements LongSupplier {
  private final EventLoop loop;
  private long hubTimeUs;
  private long arrivedNanos;
  private long sentTimeUs;
  private long sentNanos;
  private volatile @Nullable Duration roundTrip;

  HubClock(EventLoop loop) {
    this.loop = loop;
  }

  void welcome(long hubTimeUs) {
    this.hubTimeUs = hubTimeUs;
    arrivedNanos = loop.nanoTime();
  }

  /** The heartbeat to send now. */
  Heartbeat heartbeat() {
    sentTimeUs = loop.timeMicros();
    sentNanos = loop.nanoTime();
    return Heartbeat.newBuilder()
        .setTimeUs(sentTimeUs)
        .setHubTimeUs(hubTimeUs)
        .setHeldUs((sentNanos - arrivedNanos) / 1_000)
        .build();
  }

  void reply(HeartbeatReply reply) {
    welcome(reply.getHubTimeUs());
    // Only the newest heartbeat can be timed, and by the monotonic clock: the other may be set
    // meanwhile.
    if (reply.getDeviceTimeUs() == sentTimeUs) {
      roundTrip = Duration.ofNanos(arrivedNanos - sentNanos);
    }
  }

  /** The hub's clock now, late by the time a message takes to arrive. */
  @Override
  public long getAsLong() {
    return hubTimeUs + (loop.nanoTime() - arrivedNanos) / 1_000;
  }

  @Nullable Duration roundTrip() {
    return roundTrip;
  }
}
