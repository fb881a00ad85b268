package io.mooring.hub.gateway;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates whole messages, each by itself (RFC 7692 without context takeover). An inflater costs
 * some 40 KB outside the heap and is needed for a moment only, so all connections share as many as
 * there are processors; should more be needed at a time, the others are made and thrown away. Safe
 * for all threads.
 */
final class Inflaters {
  /** The end of a flushed block, which the sender leaves out. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private static final int SMALLEST = 512;

  private final BlockingQueue<Inflater> idle =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  /**
   * The message as it was before it was compressed.
   *
   * @param most bytes it may have; no more than that is ever inflated
   * @return null: it has more
   */
  @Nullable ByteBuffer inflate(ByteBuffer deflated, int most) throws DataFormatException {
    Inflater free = idle.poll();
    Inflater inflater = free == null ? new Inflater(true) : free;
    try {
      return inflate(inflater, deflated, most);
    } finally {
      inflater.reset();
      if (!idle.offer(inflater)) {
        inflater.end();
      }
    }
  }

  private static @Nullable ByteBuffer inflate(Inflater inflater, ByteBuffer deflated, int most)
      throws DataFormatException {
    // One byte more than allowed tells that there are too many.
    int room = most + 1;
    byte[] out = new byte[Math.min(room, Math.max(SMALLEST, 4 * deflated.remaining()))];
    int length = 0;
    boolean atTail = false;
    inflater.setInput(deflated);
    while (length <= most) {
      int more = inflater.inflate(out, length, out.length - length);
      length += more;
      if (length == out.length && length <= most) {
        out = Arrays.copyOf(out, Math.min(room, 2 * length));
      } else if (inflater.finished()) {
        return ended(deflated, out, length);
      } else if (more == 0) {
        if (atTail) {
          return ByteBuffer.wrap(out, 0, length);
        }
        atTail = true;
        inflater.setInput(TAIL);
      }
    }
    return null;
  }

  /** A last block, which the RFC allows too (7.2.3.4), is followed by one byte 0 at the most. */
  private static ByteBuffer ended(ByteBuffer deflated, byte[] out, int length)
      throws DataFormatException {
    if (deflated.remaining() > 1) {
      throw new DataFormatException("something follows the last block");
    }
    return ByteBuffer.wrap(out, 0, length);
  }
}
