package io.mooring.device.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of one segment in order. What is damaged, or cannot be read, is stepped over,
 * to the next record whose checksum fits.
 */
public final class SegmentReader implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SegmentReader.class);
  private static final int WINDOW_BYTES = 8 * 1024;
  private static final int BUFFER_BYTES = 16 * 1024;

  /** What a disk reads at the least: where one is bad the next may be good. */
  private static final int SECTOR_BYTES = 512;

  private final RandomAccessFile file;
  private final long salt;
  private final long segment;
  private int position;
  private int end;
  private int skipped;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int bufferStart;
  private int bufferEnd;
  private boolean unreadable;

  SegmentReader(RandomAccessFile file, long salt, long segment, int from) {
    this.file = file;
    this.salt = salt;
    this.segment = segment;
    this.position = from;
    this.end = from;
  }

  public long segment() {
    return segment;
  }

  /** Where the record read last ends. */
  public int end() {
    return end;
  }

  /** Bytes stepped over before the record read last, since the beginning of this reader. */
  public int skipped() {
    return skipped;
  }

  /** Whether the disk refused to read something. */
  public boolean isUnreadable() {
    return unreadable;
  }

  /**
   * The next whole record.
   *
   * @param limit where the segment ends; what is behind it is not looked at
   * @return null when there is none up to the limit
   */
  public byte @Nullable [] next(int limit) {
    byte[] record = at(position, limit);
    if (record == null) {
      int found = search(limit);
      if (found < 0) {
        return null;
      }
      skipped += found - position;
      position = found;
      record = at(found, limit);
    }
    if (record != null) {
      position += Framing.HEAD_BYTES + record.length;
      end = position;
    }
    return record;
  }

  private byte @Nullable [] at(int offset, int limit) {
    if (limit - offset <= Framing.HEAD_BYTES) {
      return null;
    }
    byte[] head = new byte[Framing.HEAD_BYTES];
    if (!read(offset, head, limit)) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(head);
    int word = fields.getInt();
    int length = Framing.length(word);
    if (length == 0 || length > limit - offset - Framing.HEAD_BYTES) {
      return null;
    }
    byte[] payload = new byte[length];
    boolean whole =
        read(offset + Framing.HEAD_BYTES, payload, limit)
            && Framing.checksum(salt, segment, offset, word, payload) == fields.getInt();
    return whole ? payload : null;
  }

  /** Through the buffer if it is small enough; a record takes no call of the system then. */
  private boolean read(int offset, byte[] into, int limit) {
    if (into.length > BUFFER_BYTES) {
      return fill(offset, into, into.length) == into.length;
    }
    if (offset < bufferStart || offset + into.length > bufferEnd) {
      bufferStart = offset;
      bufferEnd = offset; // what is behind the limit may change yet
      bufferEnd += fill(offset, buffer, Math.min(BUFFER_BYTES, limit - offset));
    }
    if (offset + into.length > bufferEnd) {
      return false;
    }
    System.arraycopy(buffer, offset - bufferStart, into, 0, into.length);
    return true;
  }

  private int fill(int offset, byte[] into, int length) {
    int filled = 0;
    try {
      file.seek(offset);
      while (filled < length) {
        int read = file.read(into, filled, length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
      }
    } catch (IOException e) {
      if (!unreadable) {
        log.warn("The disk cannot read segment {} at {}", segment, offset + filled, e);
      }
      unreadable = true;
    }
    return filled;
  }

  /** The first place behind the present one where a whole record begins; -1 when there is none. */
  private int search(int limit) {
    byte[] window = new byte[WINDOW_BYTES];
    int start = position + 1;
    while (start < limit) {
      int read = fill(start, window, Math.min(WINDOW_BYTES, limit - start));
      for (int i = 0; i < read; i++) {
        if ((window[i] & 0xFF) == Framing.MARK && at(start + i, limit) != null) {
          return start + i;
        }
      }
      start += Math.max(read, SECTOR_BYTES);
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
