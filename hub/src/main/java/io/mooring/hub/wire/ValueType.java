package io.mooring.hub.wire;

import java.util.Locale;

/** The type of a metric. */
public enum ValueType {
  NUMBER("number"),
  INTEGER("integer"),
  BOOLEAN("boolean"),
  TEXT("text"),
  BYTES("bytes");

  private final String text;

  ValueType(String text) {
    this.text = text;
  }

  /** As it stands in the table {@code layout} and in the API. */
  public String text() {
    return text;
  }

  public static ValueType of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
