package io.mooring.hub.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of values a setting can have, each with the sentence that refuses a wrong one. */
final class Kinds {
  private static final Pattern NUMBER = Pattern.compile("(-?\\d{1,18})\\s*([A-Za-z]*)");

  private Kinds() {}

  static Setting<Integer> count(
      String key, int standard, int min, int max, String unit, String does) {
    String range = "%d to %d %s".formatted(min, max, unit).strip();
    return new Setting<>(
        key,
        "whole number, " + range,
        Integer.toString(standard),
        false,
        does,
        text -> whole(text, min, max, range));
  }

  /** The same where nothing is the default. */
  static Setting<Integer> optionalCount(String key, int min, int max, String does) {
    String range = "%d to %d".formatted(min, max);
    return new Setting<>(
        key, "whole number, " + range, null, false, does, text -> whole(text, min, max, range));
  }

  private static int whole(String text, int min, int max, String range) {
    Matcher m = NUMBER.matcher(text);
    if (!m.matches() || !m.group(2).isEmpty()) {
      throw new IllegalArgumentException("is no whole number; allowed: " + range);
    }
    return between(Long.parseLong(m.group(1)), min, max, range);
  }

  /** A size in bytes, also with a unit: {@code 64KiB}, {@code 1MiB}. */
  static Setting<Integer> bytes(String key, int standard, int min, int max, String does) {
    String range = "%s to %s".formatted(bytesText(min), bytesText(max));
    return new Setting<>(
        key,
        "size, " + range,
        bytesText(standard),
        false,
        does,
        text -> size(text, min, max, range));
  }

  private static int size(String text, int min, int max, String range) {
    Matcher m = NUMBER.matcher(text);
    long unit = 0;
    if (m.matches()) {
      unit =
          switch (m.group(2).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "kib" -> 1024;
            case "mib" -> 1024 * 1024;
            default -> 0;
          };
    }
    if (unit == 0) {
      throw new IllegalArgumentException(
          "is no size; write bytes, or a number with KiB or MiB; allowed: " + range);
    }
    long number = Long.parseLong(m.group(1));
    if (number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("is out of range; allowed: " + range);
    }
    return between(number * unit, min, max, range);
  }

  private static int between(long value, int min, int max, String range) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("is out of range; allowed: " + range);
    }
    return (int) value;
  }

  static String bytesText(int bytes) {
    if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) == 0) {
      return bytes / (1024 * 1024) + "MiB";
    }
    return bytes >= 1024 && bytes % 1024 == 0 ? bytes / 1024 + "KiB" : bytes + "B";
  }

  /** A time span: {@code 500ms}, {@code 15s}, {@code 2m}, {@code 1h}, or ISO 8601. */
  static Setting<Duration> span(String key, String standard, String min, String max, String does) {
    String range = min + " to " + max;
    Duration least = duration(min);
    Duration most = duration(max);
    return new Setting<>(
        key,
        "time span, " + range,
        standard,
        false,
        does,
        text -> {
          Duration value = duration(text);
          if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("is out of range; allowed: " + range);
          }
          return value;
        });
  }

  private static Duration duration(String text) {
    Matcher m = NUMBER.matcher(text);
    try {
      long n = m.matches() ? Long.parseLong(m.group(1)) : 0;
      return switch (m.matches() ? m.group(2) : "") {
        case "ms" -> Duration.ofMillis(n);
        case "s" -> Duration.ofSeconds(n);
        case "m" -> Duration.ofMinutes(n);
        case "h" -> Duration.ofHours(n);
        default -> Duration.parse(text);
      };
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "is no time span; write a number with ms, s, m or h (15s), or ISO 8601 (PT15S)", e);
    }
  }

  static Setting<Boolean> flag(String key, boolean standard, String does) {
    return new Setting<>(
        key,
        "on or off",
        standard ? "on" : "off",
        false,
        does,
        text ->
            switch (text) {
              case "on" -> true;
              case "off" -> false;
              default -> throw new IllegalArgumentException("is not valid; expected: on or off");
            });
  }

  static Setting<String> text(
      String key, @Nullable String standard, String type, Pattern valid, String does) {
    return new Setting<>(
        key,
        type,
        standard,
        false,
        does,
        text -> {
          if (!valid.matcher(text).matches()) {
            throw new IllegalArgumentException("is not valid; expected: " + type);
          }
          return text;
        });
  }

  static Setting<Networks> networks(String key, String does) {
    return new Setting<>(
        key,
        "IP addresses and networks, such as 10.0.0.7, 10.1.0.0/16",
        null,
        false,
        does,
        Networks::parse);
  }

  static Setting<String> secret(String key, String does) {
    return new Setting<>(key, "secret text", null, true, does, text -> text);
  }

  static Setting<Path> path(String key, @Nullable String standard, String type, String does) {
    return new Setting<>(
        key,
        type,
        standard,
        false,
        does,
        text -> {
          try {
            return Path.of(text);
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is no path: " + e.getReason(), e);
          }
        });
  }
}
