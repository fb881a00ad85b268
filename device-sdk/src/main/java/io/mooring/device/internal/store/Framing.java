package io.mooring.device.internal.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record in a file: one byte 0xA7, the payload's length in three bytes, CRC-32C in four, the
 * payload. The checksum covers the place too (store, segment, offset), so that what lies at another
 * place, such as a copy of a record within a payload, is never taken for a record.
 */
final class Framing {
  static final int HEAD_BYTES = 8;

  /** Above the largest batch, result and layout. */
  static final int MAX_PAYLOAD = 128 * 1024;

  static final int MARK = 0xA7;

  private Framing() {}

  static byte[] frame(long salt, long segment, int offset, byte[] payload) {
    if (payload.length == 0 || payload.length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a record of " + payload.length + " bytes");
    }
    int word = MARK << 24 | payload.length;
    return ByteBuffer.allocate(HEAD_BYTES + payload.length)
        .putInt(word)
        .putInt(checksum(salt, segment, offset, word, payload))
        .put(payload)
        .array();
  }

  /** The payload's length, or 0 for a word that begins no record. */
  static int length(int word) {
    int length = word & 0xFFFFFF;
    return word >>> 24 == MARK && length <= MAX_PAYLOAD ? length : 0;
  }

  static int checksum(long salt, long segment, int offset, int word, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(24).putLong(salt).putLong(segment).putInt(offset).putInt(word).flip());
    crc.update(payload, 0, payload.length);
    return (int) crc.getValue();
  }
}
