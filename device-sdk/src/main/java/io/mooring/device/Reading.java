package io.mooring.device;

import io.mooring.device.internal.telemetry.Row;
import io.mooring.protocol.v1.ValueType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Values measured at one time, each with a name and a type.
 *
 * <p>Readings with the same metrics in the same order share a batch and travel most cheaply, so
 * build them in one place. A process may use up to 64 different sets of metrics. A name is 1 to 64
 * of {@code A-Z a-z 0-9 _ . : / -} and begins with a letter, a digit or {@code _}; it stands once
 * in a reading of at most 256.
 *
 * <p>To be filled by one thread; fixed once sent. Every method that adds a value returns this
 * reading, and throws {@link IllegalArgumentException} for a name or value outside the bounds said
 * here and {@link IllegalStateException} for a reading already sent.
 */
public final class Reading {
  /** The first second after the year 9999. */
  private static final long END_OF_TIME = 253_402_300_800L;

  private final Row row;

  private Reading(Row row) {
    this.row = row;
  }

  /** Measured now, by the clock of this machine. */
  public static Reading now() {
    return at(Instant.now());
  }

  /**
   * Measured at {@code time}, kept in microseconds.
   *
   * @throws IllegalArgumentException before the year 1970 or after 9999
   */
  public static Reading at(Instant time) {
    if (time.getEpochSecond() < 0 || time.getEpochSecond() >= END_OF_TIME) {
      throw new IllegalArgumentException(
          "the time " + time + " is not within the years 1970 to 9999");
    }
    return new Reading(new Row(ChronoUnit.MICROS.between(Instant.EPOCH, time)));
  }

  /** A floating-point number; NaN and the infinities are allowed. */
  public Reading number(String metric, double value) {
    long bits = Double.doubleToRawLongBits(value);
    row.add(metric, ValueType.VALUE_TYPE_NUMBER, bits, null, Double.BYTES);
    return this;
  }

  /** A whole number of 64 bits. */
  public Reading integer(String metric, long value) {
    row.add(metric, ValueType.VALUE_TYPE_INTEGER, value, null, 10);
    return this;
  }

  /** Yes or no. */
  public Reading bool(String metric, boolean value) {
    row.add(metric, ValueType.VALUE_TYPE_BOOLEAN, value ? 1 : 0, null, 1);
    return this;
  }

  /** A text of at most 4096 bytes in UTF-8, without U+0000, which a hub's database cannot hold. */
  public Reading text(String metric, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the text of '" + metric + "' has a character U+0000 in it; leave it out");
    }
    // Encoded length without encoding, for the usual short text.
    int length =
        value.length() <= 64 ? 3 * value.length() : value.getBytes(StandardCharsets.UTF_8).length;
    row.add(metric, ValueType.VALUE_TYPE_TEXT, 0, value, Row.LENGTH_BYTES + length);
    return this;
  }

  /** At most 4096 bytes; copied. */
  public Reading bytes(String metric, byte[] value) {
    int length = Row.LENGTH_BYTES + value.length;
    row.add(metric, ValueType.VALUE_TYPE_BYTES, 0, value.clone(), length);
    return this;
  }

  /** Time, names and values, for a log. */
  @Override
  public String toString() {
    return "Reading[" + row + "]";
  }

  Row row() {
    return row;
  }
}
