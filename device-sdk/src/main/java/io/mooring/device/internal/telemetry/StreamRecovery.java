package io.mooring.device.internal.telemetry;

/** Finds out what the segments of a stream hold, and how many readings are missing in between. */
final class StreamRecovery {
  private static final long UNKNOWN = -1;

  final StoredSegments segments = new StoredSegments();
  private final long storedSeq;
  private final Shapes shapes;
  private long lastSeq;
  private long expected = UNKNOWN;
  private long before;
  private StoredSegment present = new StoredSegment(0);

  /**
   * @param storedSeq the hub has the batches up to this number
   */
  StreamRecovery(long storedSeq, Shapes shapes) {
    this.storedSeq = storedSeq;
    this.shapes = shapes;
  }

  /** Takes the next record. */
  void record(long number, byte[] payload) {
    StoredSegment previous = present;
    if (number != previous.number) {
      present = segments.make(number);
      if (number != previous.number + 1) {
        expected = UNKNOWN; // those between were stored or dropped, and counted then
      }
    }
    long start = BatchRecord.startOf(payload);
    if (start >= 0) {
      lost(number == previous.number ? present : previous, start);
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
