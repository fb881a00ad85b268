package io.mooring.device.internal.telemetry;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments of a stream that hold, or held, batches; the oldest first. */
final class StoredSegments {
  private final TreeMap<Long, StoredSegment> byNumber = new TreeMap<>();

  StoredSegment make(long number) {
    StoredSegment segment = byNumber.get(number);
    if (segment == null) {
      segment = new StoredSegment(number);
      byNumber.put(number, segment);
    }
    return segment;
  }

  @Nullable StoredSegment get(long number) {
    return byNumber.get(number);
  }

  StoredSegment of(Outbox.Outgoing batch) {
    for (StoredSegment segment : byNumber.values()) {
      if (segment.contains(batch.seq())) {
        return segment;
      }
    }
    throw new IllegalStateException("batch " + batch.seq() + " is in no segment");
  }

  void remove(long number) {
    byNumber.remove(number);
  }

  /** The oldest segment before {@code newest} with nothing in it that is needed; null for none. */
  @Nullable StoredSegment done(long newest) {
    StoredSegment first = byNumber.isEmpty() ? null : byNumber.firstEntry().getValue();
    return first == null || first.number == newest || first.heldReadings > 0 ? null : first;
  }

  /** The oldest segment before {@code newest} of which nothing is on its way; null for none. */
  @Nullable StoredSegment idle(long newest) {
    for (StoredSegment segment : byNumber.headMap(newest).values()) {
      if (segment.inFlight == 0) {
        return segment;
      }
    }
    return null;
  }

  void nothingInFlight() {
    for (StoredSegment segment : byNumber.values()) {
      segment.inFlight = 0;
    }
  }

  long heldReadings() {
    long sum = 0;
    for (StoredSegment segment : byNumber.values()) {
      sum += segment.heldReadings;
    }
    return sum;
  }

  long heldBytes() {
    long sum = 0;
    for (StoredSegment segment : byNumber.values()) {
      sum += segment.heldBytes;
    }
    return sum;
  }

  long lostReadings() {
    long sum = 0;
    for (StoredSegment segment : byNumber.values()) {
      sum += segment.lostReadings;
    }
    return sum;
  }

  /** The oldest segment that holds something which is not in memory; null when all is. */
  @Nullable StoredSegment unread() {
    for (StoredSegment segment : byNumber.values()) {
      if (segment.unreadReadings > 0) {
        return segment;
      }
    }
    return null;
  }

  boolean allRead() {
    return unread() == null;
  }

  /** Not after any time in a batch held; 0 when none is. */
  long oldestTimeUs() {
    long oldest = Long.MAX_VALUE;
    for (StoredSegment segment : byNumber.values()) {
      if (segment.heldReadings > 0) {
        oldest = Math.min(oldest, segment.oldestTimeUs);
      }
    }
    return oldest == Long.MAX_VALUE ? 0 : oldest;
  }
}
