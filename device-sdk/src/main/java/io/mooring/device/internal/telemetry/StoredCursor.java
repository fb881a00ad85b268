package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.store.SegmentLog;
import io.mooring.device.internal.store.SegmentReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the next batch of a stream is read from. */
final class StoredCursor {
  private static final Logger log = LoggerFactory.getLogger(StoredCursor.class);

  private final SegmentLog segments;
  private long segment;
  private int offset;
  private @Nullable SegmentReader reader;

  /** Begins with the oldest record there is. */
  StoredCursor(SegmentLog segments) {
    this.segments = segments;
    this.segment = segments.oldest();
  }

  long segment() {
    return segment;
  }

  /**
   * The next batch of the present segment; null when it has no more that can be read.
   *
   * @throws IOException when the file is there and cannot be opened now, for want of descriptors
   *     perhaps
   */
  @Nullable BatchRecord next() throws IOException {
    try {
      if (reader == null) {
        reader = segments.reader(segment, offset);
      }
    } catch (IOException e) {
      if (segments.exists(segment)) {
        throw e;
      }
      log.warn("Segment {} of the store is gone", segment);
      return null;
    }
    byte[] record = reader.next(segments.size(segment));
    while (record != null) {
      BatchRecord batch = BatchRecord.decode(record);
      if (batch != null) {
        return batch;
      }
      record = reader.next(segments.size(segment));
    }
    return null;
  }

  /** On to the next segment; false when there is none. */
  boolean nextSegment() {
    long next = segments.after(segment);
    if (next < 0) {
      return false;
    }
    moveTo(next, 0);
    return true;
  }

  void moveTo(long segment, int offset) {
    close();
    this.segment = segment;
    this.offset = offset;
  }

  void close() {
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException e) {
        log.debug("Closing a segment failed", e);
      }
      reader = null;
    }
  }
}
