package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.store.SegmentLog;

/** Finds out what the segments of a stream hold, and how many readings are missing in between. */
final class StreamRecovery implements SegmentLog.Replay {
  private static final long UNKNOWN = -1;

  final StoredSegments segments = new StoredSegments();
  private final long storedSeq;
  private final long removed;
  private final Shapes shapes;
  private long lastSeq;
  private long expected = UNKNOWN;
  private long before;
  private StoredSegment present = new StoredSegment(0);
  private StoredSegment previous = present;

  /**
   * @param storedSeq the hub has the batches up to this number
   * @param removed a segment to be left out; 0 for none
   */
  StreamRecovery(long storedSeq, long removed, Shapes shapes) {
    this.storedSeq = storedSeq;
    this.removed = removed;
    this.shapes = shapes;
  }

  @Override
  public void segment(long number) {
    if (number == removed) {
      return;
    }
    previous = present;
    present = segments.make(number);
    if (number != previous.number + 1) {
      expected = UNKNOWN; // those between were stored or dropped, and counted then
    }
  }

  /** Takes the next record. */
  @Override
  public void record(long number, int offset, byte[] payload) {
    if (number == removed) {
      return;
    }
    long start = BatchRecord.startOf(payload);
    if (start >= 0) {
      lost(previous, start);
      return;
    }
    BatchRecord batch = BatchRecord.decode(payload);
    if (batch == null) {
      return;
    }
    if (batch.seq() > storedSeq) {
      lost(present, batch.before());
      if (shapes.byId(batch.layoutId()) == null) {
        present.lostReadings += batch.readings();
      } else {
        present.hold(batch.seq(), batch.timeUs(), batch.readings(), payload.length);
      }
    }
    expect(batch.before() + batch.readings());
    lastSeq = Math.max(lastSeq, batch.seq());
  }

  private void lost(StoredSegment segment, long reached) {
    if (expected != UNKNOWN && reached > expected) {
      segment.lostReadings += reached - expected;
    }
    expect(reached);
  }

  private void expect(long readings) {
    expected = readings;
    before = Math.max(before, readings);
  }

  long lastSeq() {
    return lastSeq;
  }

  /** Readings appended to the stream so far. */
  long before() {
    return before;
  }
}
