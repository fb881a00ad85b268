package io.mooring.device.internal.telemetry;

import io.mooring.protocol.v1.ValueType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One reading: a time and typed values by name. Grows by one thread; frozen once it was sent, so
 * that nobody changes what already counts as sent.
 */
public final class Row {
  /** Most metrics in one reading. */
  public static final int MAX_METRICS = 256;

  /** Longest text (in UTF-8) or bytes value. */
  public static final int MAX_VALUE_BYTES = 4 * 1024;

  /** What the length of a text or bytes value takes on the wire, at the most. */
  public static final int LENGTH_BYTES = 3;

  private static final int TIME_BYTES = 10;

  private final long timeUs;
  private String[] names = new String[8];
  private ValueType[] types = new ValueType[8];
  private long[] bits = new long[8];
  private @Nullable Object @Nullable [] objects;
  private int size;
  private int hash = 1;
  private int bytes = TIME_BYTES;
  private volatile boolean frozen;

  public Row(long timeUs) {
    this.timeUs = timeUs;
  }

  /**
   * @param bits the value of a number (as by {@link Double#doubleToRawLongBits}), integer or
   *     boolean
   * @param object the String of a text, the byte[] of bytes
   * @param bytes about the size on the wire
   */
  public void add(String name, ValueType type, long bits, @Nullable Object object, int bytes) {
    if (frozen) {
      throw new IllegalStateException("the reading was sent already; make a new one");
    }
    check(name, bytes);
    if (size == names.length) {
      grow();
    }
    names[size] = name;
    types[size] = type;
    this.bits[size] = bits;
    if (object != null) {
      if (objects == null) {
        objects = new @Nullable Object[names.length];
      }
      objects[size] = object;
    }
    hash = 31 * (31 * hash + name.hashCode()) + type.getNumber();
    this.bytes += bytes;
    size++;
  }

  private void check(String name, int bytes) {
    if (!isMetricName(name)) {
      throw new IllegalArgumentException(
          "metric name '"
              + name
              + "' must be 1 to 64 of A-Z a-z 0-9 _ . : / -, the first a letter, digit or _");
    }
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        throw new IllegalArgumentException("metric '" + name + "' is in the reading already");
      }
    }
    if (size == MAX_METRICS) {
      throw new IllegalArgumentException(
          "a reading holds at most " + MAX_METRICS + " metrics; send the others in a second one");
    }
    if (bytes > MAX_VALUE_BYTES + LENGTH_BYTES) {
      throw new IllegalArgumentException(
          "the value of '" + name + "' is longer than " + MAX_VALUE_BYTES + " bytes");
    }
  }

  private static boolean isMetricName(String name) {
    int length = name.length();
    if (length == 0 || length > 64) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!word && c != '_' && (i == 0 || ".:/-".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    int length = 2 * names.length;
    names = Arrays.copyOf(names, length);
    types = Arrays.copyOf(types, length);
    bits = Arrays.copyOf(bits, length);
    if (objects != null) {
      objects = Arrays.copyOf(objects, length);
    }
  }

  /** Names and types alone, to be kept for long. */
  Row withoutValues() {
    Row row = new Row(0);
    row.names = names;
    row.types = types;
    row.bits = new long[0];
    row.size = size;
    row.hash = hash;
    row.frozen = true;
    return row;
  }

  /** Nothing can be added from now on. */
  void freeze() {
    frozen = true;
  }

  public int size() {
    return size;
  }

  /** About the size on the wire. */
  public int bytes() {
    return bytes;
  }

  long timeUs() {
    return timeUs;
  }

  String name(int metric) {
    return names[metric];
  }

  ValueType type(int metric) {
    return types[metric];
  }

  long bits(int metric) {
    return bits[metric];
  }

  Object object(int metric) {
    Object object = objects == null ? null : objects[metric];
    if (object == null) {
      throw new IllegalStateException("metric " + metric + " holds no object");
    }
    return object;
  }

  /** Same names and types in the same order. */
  boolean sameShape(Row other) {
    return hash == other.hash
        && size == other.size
        && Arrays.equals(names, 0, size, other.names, 0, size)
        && Arrays.equals(types, 0, size, other.types, 0, size);
  }

  int shapeHash() {
    return hash;
  }

  /** {@code 2026-11-22T10:00:00Z cpu=0.25 mode=eco}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(Instant.EPOCH.plus(timeUs, ChronoUnit.MICROS));
    for (int i = 0; i < size; i++) {
      text.append(' ').append(names[i]).append('=');
      switch (types[i]) {
        case VALUE_TYPE_NUMBER -> text.append(Double.longBitsToDouble(bits[i]));
        case VALUE_TYPE_INTEGER -> text.append(bits[i]);
        case VALUE_TYPE_BOOLEAN -> text.append(bits[i] != 0);
        case VALUE_TYPE_TEXT -> text.append(object(i));
        case VALUE_TYPE_BYTES -> text.append(((byte[]) object(i)).length).append(" bytes");
        case VALUE_TYPE_UNSPECIFIED, UNRECOGNIZED -> text.append('?');
      }
    }
    return text.toString();
  }
}
