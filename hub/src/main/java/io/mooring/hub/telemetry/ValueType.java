package io.mooring.hub.telemetry;

import java.util.Locale;

/** What a metric's values are; each type has its own array column in {@code telemetry_batch}. */
public enum ValueType {
  /** Double, which may be NaN or infinite. */
  NUMBER("numbers"),
  /** Long. */
  INTEGER("integers"),
  /** Boolean. */
  BOOLEAN("booleans"),
  /** String. */
  TEXT("texts"),
  /** byte[]. */
  BYTES("blobs");

  private final String column;

  ValueType(String column) {
    this.column = column;
  }

  /** The array column its values stand in. */
  String column() {
    return column;
  }

  /** Whether it can be averaged; booleans count as 0 and 1. */
  boolean isNumeric() {
    return this == NUMBER || this == INTEGER || this == BOOLEAN;
  }

  /** As it stands in {@code layout.types} and in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The layouts are written by the hub alone: any other text is a fault. */
  static ValueType of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
