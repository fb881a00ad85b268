package io.mooring.hub.telemetry;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/**
 * How far raw queries have come: to the reading of this time, of which so many have been shown. Not
 * to a batch, as batches are merged meanwhile. To callers it is an opaque text.
 *
 * @param shown readings of exactly this time on the pages so far
 */
record RawCursor(Instant time, int shown) {
  private static final int BYTES = 8 + 4;
  private static final long YEAR_10000_US = 253_402_300_800_000_000L;

  /** Readings of one time; who sends more sends no times. */
  private static final int MOST = 1_000_000;

  String text() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    bytes.putInt(shown);
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
      int shown = bytes.getInt();
      // No reading lies outside of these years (P-30), and not every year is one to PostgreSQL.
      boolean possible = micros >= 0 && micros < YEAR_10000_US && shown >= 0 && shown <= MOST;
      return possible
          ? Optional.of(new RawCursor(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), shown))
          : Optional.empty();
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return Optional.empty();
    }
  }
}
