package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.protocol.v1.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The monitor between the threads that send readings and the loop that talks to the hub. */
public final class TelemetryBuffer {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Settings settings;
  private final Outbox outbox;
  private final LongSupplier nanoTime;
  private final Confirmations confirmations;
  private final OpenBatches open;
  private final Departures departures;
  private long storedReadings;
  private boolean closed;

  /**
   * @param workers where confirmations are completed, since what hangs on them is the program's
   *     code
   */
  public TelemetryBuffer(
      Settings settings, Outbox outbox, Shapes shapes, LongSupplier nanoTime, Executor workers) {
    this.settings = settings;
    this.outbox = outbox;
    this.nanoTime = nanoTime;
    this.confirmations = new Confirmations(workers);
    this.departures = new Departures(outbox, confirmations);
    this.open = new OpenBatches(shapes, new Sealed());
  }

  /**
   * Takes a reading in.
   *
   * @param confirmation completed when the hub has stored the reading, failed when it is dropped
   * @return what the loop has to do about it
   */
  public Added add(Row row, @Nullable CompletableFuture<Void> confirmation) {
    BatchLimits.check(row);
    row.freeze();
    lock.lock();
    try {
      checkOpen();
      Shape shape = open.shapeOf(row);
      if (shape == null || !makeRoom(row.bytes())) {
        outbox.countDropped(1);
        confirmations.dropped(confirmation);
        return Added.DROPPED;
      }
      Added added = open.add(shape, row, confirmation, nanoTime.getAsLong());
      if (outbox.isDurable() && settings.linger().isZero()) {
        open.sealAll();
        return Added.SEALED;
      }
      return added;
    } finally {
      lock.unlock();
    }
  }

  private boolean makeRoom(int bytes) {
    while (outbox.usedBytes() + open.bytes() + bytes > settings.maxBytes()) {
      boolean again =
          switch (settings.overflow()) {
            case DROP_NEWEST -> false;
            case DROP_OLDEST -> dropOldest();
            case BLOCK -> awaitChange();
          };
      if (!again) {
        return false;
      }
    }
    return true;
  }

  private boolean dropOldest() {
    List<CompletableFuture<Void>> dropped = outbox.dropOldestUnsent();
    if (dropped == null) {
      // All that is sealed is on its way: the oldest open readings are next.
      if (open.isEmpty()) {
        return false;
      }
      open.sealAll();
      return true;
    }
    confirmations.dropped(dropped);
    changed.signalAll();
    return true;
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private boolean awaitChange() {
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    checkOpen();
    return true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the device is closed");
    }
  }

  /** What lingers long enough is written down, with or without a connection, if that helps it. */
  public void sealDue() {
    lock.lock();
    try {
      if (outbox.isDurable() && !closed) {
        open.sealOpenedUntil(nanoTime.getAsLong() - settings.linger().toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  /** For Hello; from now on everything held counts as not sent. */
  public List<Outbox.StreamState> beginSession() {
    lock.lock();
    try {
      return outbox.beginSession();
    } finally {
      lock.unlock();
    }
  }

  /** Batches that are filled from now on keep within the hub's limits. */
  public void adopt(Limits hub) {
    lock.lock();
    try {
      open.limit(BatchLimits.within(hub));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next batch to send, and marks it sent; null when there is none or the window is full. What
   * lingers is sealed only when it can go: without a connection batches fill up instead, which
   * saves memory.
   */
  public @Nullable Outgoing poll(Limits hub) {
    lock.lock();
    try {
      if (closed || departures.isFull(hub)) {
        return null;
      }
      open.sealOpenedUntil(nanoTime.getAsLong() - settings.linger().toNanos());
      Outgoing next = departures.next(hub);
      changed.signalAll(); // some may have been given up
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The hub has ended the session for a fault of this device, perhaps for one of its batches. */
  public void faulted() {
    lock.lock();
    try {
      departures.faulted();
    } finally {
      lock.unlock();
    }
  }

  /** The hub has stored everything of the stream up to and including {@code seq}. */
  public void stored(int stream, long seq) {
    lock.lock();
    try {
      List<Batch> done = outbox.stored(stream, seq);
      departures.stored(done.size());
      for (Batch batch : done) {
        storedReadings += batch.readings();
        confirmations.stored(batch);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What the hub has of each stream, by Welcome, which precedes every {@link #stored}.
   *
   * @return whether a new session is to be opened; see {@link Outbox#renew}
   */
  public boolean renew(List<Long> storedSeqs) {
    lock.lock();
    try {
      boolean renewed = false;
      for (int i = 0; i < storedSeqs.size(); i++) {
        renewed |= outbox.renew(i, storedSeqs.get(i));
      }
      return renewed;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing lingers any longer; returns a mark for {@link #awaitStored}. */
  public Outbox.Mark sealAll() {
    lock.lock();
    try {
      checkOpen();
      open.sealAll();
      return outbox.mark();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing from before the mark is held; false when the time ran out before. */
  public boolean awaitStored(Outbox.Mark mark, Duration timeout) throws InterruptedException {
    long left = TimeUnit.NANOSECONDS.convert(timeout);
    lock.lock();
    try {
      while (!outbox.isClearUpTo(mark)) {
        if (closed || left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing in any more, fails what is not confirmed, and lets every waiting thread go. */
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (outbox.isDurable()) {
        open.sealAll();
      }
      List<CompletableFuture<Void>> left = new ArrayList<>(outbox.close());
      left.addAll(open.clear());
      confirmations.closed(left);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public Counts counts() {
    lock.lock();
    try {
      return new Counts(
          outbox.heldReadings() + open.readings(),
          outbox.heldBytes() + open.bytes(),
          storedReadings,
          outbox.droppedReadings());
    } finally {
      lock.unlock();
    }
  }

  private final class Sealed implements Consumer<Batch> {
    @Override
    public void accept(Batch batch) {
      confirmations.droppedUnless(outbox.append(batch), batch);
    }
  }

  /**
   * @param maxBytes most memory, or disk, for readings
   * @param linger how long a reading waits for others to share its batch
   */
  public record Settings(int maxBytes, Overflow overflow, Duration linger) {}

  /** Readings, and the bytes of those that wait. */
  public record Counts(long waiting, long waitingBytes, long stored, long dropped) {}
}
