package io.mooring.bench.load;

import java.time.Duration;
import java.util.List;

/** Sends at even distances: heartbeats always, batches when the load says so. */
final class Pacer {
  /** Heartbeats come a little more often than the hub wants, so that none is ever late. */
  private static final double EARLY = 0.8;

  private static final long DEFAULT_HEARTBEAT = Duration.ofSeconds(15).toNanos();

  /** Turning the loop more often than this costs more than an even distance is worth. */
  private static final long SHORTEST_BEAT = 100_000;

  private final Fleet fleet;

  private double heartbeatNanos = DEFAULT_HEARTBEAT * EARLY;
  private double nextHeartbeat = System.nanoTime();
  private int heartbeatOf;

  private double batchNanos;
  private double nextBatch;
  private int batchOf;

  Pacer(Fleet fleet) {
    this.fleet = fleet;
  }

  void heartbeatEvery(int millis) {
    heartbeatNanos = millis * 1e6 * EARLY;
  }

  /** Takes up a load; returns how often the loop must turn for it, 0 for no matter. */
  long begin(Load load) {
    batchNanos = load instanceof Load.Paced(double perSecond) ? 1e9 / perSecond : 0;
    nextBatch = System.nanoTime() + batchNanos;
    return batchNanos == 0 ? 0 : Math.max(SHORTEST_BEAT, (long) batchNanos / 2);
  }

  void tick(long now) {
    List<Device> devices = fleet.devices();
    double distance = heartbeatNanos / devices.size();
    // After a standstill one round is enough.
    nextHeartbeat = Math.max(nextHeartbeat, now - heartbeatNanos);
    while (nextHeartbeat <= now) {
      nextHeartbeat += distance;
      devices.get(heartbeatOf).heartbeat(now);
      heartbeatOf = (heartbeatOf + 1) % devices.size();
    }
    while (batchNanos > 0 && nextBatch <= now && sendOne(devices)) {
      fleet.tally().late(now - (long) nextBatch);
      nextBatch += batchNanos;
    }
  }

  /** The next device that may send does; false: none may. */
  private boolean sendOne(List<Device> devices) {
    for (int tried = 0; tried < devices.size(); tried++) {
      Device device = devices.get(batchOf);
      batchOf = (batchOf + 1) % devices.size();
      if (device.room(Device.WINDOW) > 0) {
        device.send(1);
        return true;
      }
    }
    return false;
  }
}
