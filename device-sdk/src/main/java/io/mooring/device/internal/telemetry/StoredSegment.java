package io.mooring.device.internal.telemetry;

/** What of a segment is still held, that is neither stored by the hub nor dropped. */
final class StoredSegment {
  final long number;
  long firstSeq = Long.MAX_VALUE;
  long lastSeq;
  long oldestTimeUs = Long.MAX_VALUE;
  long heldReadings;
  long heldBytes;

  /** Held, and not yet read into memory. */
  long unreadReadings;

  /** Sent in this session. */
  int inFlight;

  /** Readings of records that were damaged; counted as dropped with the segment's removal. */
  long lostReadings;

  StoredSegment(long number) {
    this.number = number;
  }

  /**
   * @param bytes of the whole record
   */
  void hold(long seq, long timeUs, int readings, int bytes) {
    firstSeq = Math.min(firstSeq, seq);
    lastSeq = seq;
    oldestTimeUs = Math.min(oldestTimeUs, timeUs);
    heldReadings += readings;
    heldBytes += bytes;
    unreadReadings += readings;
  }

  boolean contains(long seq) {
    return firstSeq <= seq && seq <= lastSeq;
  }

  void release(Batch batch) {
    heldReadings -= batch.readings();
    heldBytes -= BatchRecord.HEAD_BYTES + batch.body().length;
  }

  /** What is not in memory cannot be read. */
  void loseUnread() {
    lostReadings += unreadReadings;
    releaseUnread();
  }

  /** Nothing that is not in memory is held any longer. */
  void releaseUnread() {
    heldReadings -= unreadReadings;
    unreadReadings = 0;
    if (heldReadings == 0) {
      heldBytes = 0;
    }
  }
}
