package io.mooring.bench.load;

import java.nio.ByteBuffer;

/**
 * Just enough of RFC 6455 and of Protobuf's varints for the hot path.
 *
 * <p>A client must mask what it sends, and may choose any key. The key here is always 0, which
 * leaves the payload as it is: frames are made once and only copied. The server's work is the same
 * with every key.
 */
final class Wire {
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Longest header of a client's frame below 64 KiB: two bytes, two of length, four of mask. */
  static final int HEADER = 8;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int KEY = 0;

  private Wire() {}

  /** Begins a masked frame of so many bytes. */
  static void header(ByteBuffer out, int opcode, int length) {
    out.put((byte) (FIN | opcode));
    if (length < 126) {
      out.put((byte) (MASKED | length));
    } else if (length <= 0xffff) {
      out.put((byte) (MASKED | 126)).put((byte) (length >> 8)).put((byte) length);
    } else {
      throw new IllegalArgumentException("a frame of " + length + " bytes; at most 65535 here");
    }
    out.putInt(KEY);
  }

  /** A whole frame of its own. */
  static byte[] frame(byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + payload.length);
    header(out, BINARY, payload.length);
    out.put(payload).flip();
    byte[] frame = new byte[out.remaining()];
    out.get(frame);
    return frame;
  }

  static int varintSize(long value) {
    return value == 0 ? 1 : (63 - Long.numberOfLeadingZeros(value)) / 7 + 1;
  }

  static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint of more than ten bytes");
  }
}
