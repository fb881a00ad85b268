package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The batches of a stream that are in memory: on their way, or next. */
final class SendQueue {
  private final Deque<Outgoing> sent = new ArrayDeque<>();
  private final Deque<Outgoing> ready = new ArrayDeque<>();
  private long sentBytes;
  private long readyBytes;

  /** Every batch counts as not yet sent. */
  void rewind() {
    while (!sent.isEmpty()) {
      Outgoing batch = sent.removeLast();
      ready.addFirst(batch);
      readyBytes += batch.batch().heldBytes();
    }
    sentBytes = 0;
  }

  void add(Outgoing batch) {
    ready.addLast(batch);
    readyBytes += batch.batch().heldBytes();
  }

  /** The first that is not sent. */
  @Nullable Outgoing next() {
    return ready.peekFirst();
  }

  /** The first of all. */
  @Nullable Outgoing first() {
    return sent.isEmpty() ? ready.peekFirst() : sent.peekFirst();
  }

  /** Removes the first that is not sent, which must be this one. */
  void takeNext(Outgoing batch) {
    Outgoing next = ready.peekFirst();
    if (next == null || next.seq() != batch.seq()) {
      throw new IllegalArgumentException("batch " + batch.seq() + " is not the next one");
    }
    ready.removeFirst();
    readyBytes -= next.batch().heldBytes();
  }

  void markSent(Outgoing batch) {
    takeNext(batch);
    sent.addLast(batch);
    sentBytes += batch.batch().heldBytes();
  }

  /** Removes the first that was sent, if its number is not above this one. */
  @Nullable Outgoing takeSent(long upTo) {
    Outgoing first = sent.peekFirst();
    if (first == null || first.seq() > upTo) {
      return null;
    }
    sentBytes -= first.batch().heldBytes();
    return sent.removeFirst();
  }

  /** Forgets the batches of this segment that are not sent. */
  void forget(StoredSegment segment) {
    Iterator<Outgoing> batches = ready.iterator();
    while (batches.hasNext()) {
      Outgoing batch = batches.next();
      if (segment.contains(batch.seq())) {
        batches.remove();
        readyBytes -= batch.batch().heldBytes();
      }
    }
  }

  boolean nothingReady() {
    return ready.isEmpty();
  }

  long readyBytes() {
    return readyBytes;
  }

  int inFlight() {
    return sent.size();
  }

  long inFlightBytes() {
    return sentBytes;
  }
}
