package io.mooring.hub.telemetry;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/**
 * The place of a reading in the order of raw queries. To callers it is an opaque text.
 *
 * @param position of the reading within its batch, from 1
 */
record RawCursor(Instant time, int layout, long stream, long seq, int position) {
  private static final int BYTES = 8 + 4 + 8 + 8 + 4;
  private static final long YEAR_10000_US = 253_402_300_800_000_000L;

  String text() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    bytes.putInt(layout).putLong(stream).putLong(seq).putInt(position);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** Empty when the text is none that {@link #text} has made. */
  static Optional<RawCursor> parse(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (bytes.remaining() != BYTES) {
        return Optional.empty();
      }
      long micros = bytes.getLong();
      // No reading lies outside of these years (P-30), and not every year is one to PostgreSQL.
      if (micros < 0 || micros >= YEAR_10000_US) {
        return Optional.empty();
      }
      return Optional.of(
          new RawCursor(
              Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
              bytes.getInt(),
              bytes.getLong(),
              bytes.getLong(),
              bytes.getInt()));
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return Optional.empty();
    }
  }
}
