package io.mooring.e2e.chaos;

import io.mooring.e2e.harness.Line;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes one way of a WebSocket connection apart into frames. What comes before them, the handshake,
 * passes as it is.
 */
abstract class Frames implements Line.Tamper {
  private static final int BINARY = 0x82; // final, and not continued
  private static final int MASK = 0x80;
  private static final int MASK_BYTES = 4;

  private byte[] unread = {};
  private boolean upgraded;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A message; it goes on with {@link #forward}, or does not. */
  abstract void message(Frame frame);

  /** Anything else. */
  void other(Frame frame) {
    forward(frame);
  }

  final void forward(Frame frame) {
    out.writeBytes(frame.encoded());
  }

  @Override
  public final byte[] pass(byte[] bytes) {
    out.reset();
    byte[] all = Arrays.copyOf(unread, unread.length + bytes.length);
    System.arraycopy(bytes, 0, all, unread.length, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(all);
    if (upgraded || handshake(all, in)) {
      upgraded = true;
      for (Frame frame = next(in); frame != null; frame = next(in)) {
        if (frame.first() == BINARY) {
          message(frame);
        } else {
          other(frame);
        }
      }
    }
    unread = Arrays.copyOfRange(all, in.position(), all.length);
    return out.toByteArray();
  }

  /** Passes it on up to its empty line, once that is there. */
  private boolean handshake(byte[] bytes, ByteBuffer in) {
    for (int i = 3; i < bytes.length; i++) {
      if (bytes[i - 3] == '\r'
          && bytes[i - 2] == '\n'
          && bytes[i - 1] == '\r'
          && bytes[i] == '\n') {
        out.write(bytes, 0, i + 1);
        in.position(i + 1);
        return true;
      }
    }
    return false;
  }

  /** Null: there is no whole one left. */
  private static @Nullable Frame next(ByteBuffer in) {
    int start = in.position();
    try {
      int first = in.get() & 0xff;
      int second = in.get() & 0xff;
      int shortLength = second & ~MASK;
      long length =
          switch (shortLength) {
            case 126 -> in.getShort() & 0xffff;
            case 127 -> in.getLong();
            default -> shortLength;
          };
      byte[] mask = new byte[(second & MASK) == 0 ? 0 : MASK_BYTES];
      in.get(mask);
      byte[] payload = new byte[(int) length];
      in.get(payload);
      for (int i = 0; i < payload.length && mask.length > 0; i++) {
        payload[i] ^= mask[i % MASK_BYTES];
      }
      return new Frame(first, mask.length > 0, payload);
    } catch (BufferUnderflowException e) {
      in.position(start);
      return null;
    }
  }

  /**
   * A frame without its mask.
   *
   * @param first its first byte
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Frame(int first, boolean masked, byte[] payload) {
    Frame with(byte[] other) {
      return new Frame(first, masked, other);
    }

    /** A mask of zeros changes nothing. */
    byte[] encoded() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream data = new DataOutputStream(bytes)) {
        int mask = masked ? MASK : 0;
        data.writeByte(first);
        if (payload.length < 126) {
          data.writeByte(mask | payload.length);
        } else if (payload.length <= 0xffff) {
          data.writeByte(mask | 126);
          data.writeShort(payload.length);
        } else {
          data.writeByte(mask | 127);
          data.writeLong(payload.length);
        }
        data.write(new byte[masked ? MASK_BYTES : 0]);
        data.write(payload);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }
}
