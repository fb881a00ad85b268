package io.mooring.bench.load;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/** What a fleet counts. Written on the loop's thread, read by any. */
public final class Tally {
  private final SingleWriterRecorder latencies = new SingleWriterRecorder(3);
  private final SingleWriterRecorder lateness = new SingleWriterRecorder(3);
  private final AtomicLong acked = new AtomicLong();
  private final AtomicLong heartbeats = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger epochFaults = new AtomicInteger();
  private final AtomicReference<@Nullable String> firstLoss = new AtomicReference<>();
  private volatile long lastOpenedAt;

  /** Batches acknowledged since the beginning. */
  public long acked() {
    return acked.get();
  }

  /** Heartbeats answered since the beginning. */
  public long heartbeats() {
    return heartbeats.get();
  }

  /** Devices that are open now: welcomed, or upgraded where none is welcomed. */
  public int open() {
    return open.get();
  }

  /** When the last one opened, by {@link System#nanoTime}. */
  public long lastOpenedAt() {
    return lastOpenedAt;
  }

  /** Devices that were lost, or never came in, since they were last forgiven. */
  public int lost() {
    return lost.get();
  }

  /** Why the first of them was. */
  public String firstLoss() {
    return String.valueOf(firstLoss.get());
  }

  /** Forgets the losses so far, which were meant. */
  public void forgive() {
    lost.set(0);
    firstLoss.set(null);
  }

  /** Sessions whose epoch was not above the device's last one. */
  public int epochFaults() {
    return epochFaults.get();
  }

  /** From send to acknowledgement in nanoseconds, since it was last asked. */
  public Histogram latencies() {
    return latencies.getIntervalHistogram();
  }

  /** How late paced batches were sent, in nanoseconds, since it was last asked. */
  public Histogram lateness() {
    return lateness.getIntervalHistogram();
  }

  void opened() {
    lastOpenedAt = System.nanoTime();
    open.incrementAndGet();
  }

  void ended() {
    open.decrementAndGet();
  }

  void lost(String why) {
    lost.incrementAndGet();
    firstLoss.compareAndSet(null, why);
  }

  void acknowledged(long batches) {
    acked.addAndGet(batches);
  }

  void heartbeatAnswered() {
    heartbeats.incrementAndGet();
  }

  void epochNotRaised() {
    epochFaults.incrementAndGet();
  }

  void latency(long nanos) {
    latencies.recordValue(nanos);
  }

  void late(long nanos) {
    lateness.recordValue(nanos);
  }
}
