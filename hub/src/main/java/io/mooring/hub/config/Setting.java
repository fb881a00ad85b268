package io.mooring.hub.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of settings.
 *
 * @param key as it stands in a file, such as {@code database.url}
 * @param type what a value is, with its range and unit, for people
 * @param standard the default as it would be written in a file; null: there is none
 * @param secret never shown
 * @param does what the setting does, one sentence
 */
public record Setting<T>(
    String key,
    String type,
    @Nullable String standard,
    boolean secret,
    String does,
    Parser<T> parser) {

  /** Turns text into a value, or says what would be valid. */
  @FunctionalInterface
  interface Parser<T> {
    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException when the text is no valid value; the message continues the
     *     sentence "key: the value …"
     */
    T parse(String text);
  }

  /** The environment variable of this setting, such as {@code MOORING_DATABASE_URL}. */
  public String variable() {
    return variableOf(key);
  }

  static String variableOf(String key) {
    return "MOORING_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
