package io.mooring.hub.web;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the texts of requests; refuses, with the place, what they cannot be. */
final class Text {
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private Text() {}

  /** Refuses what PostgreSQL cannot store (NUL, half a surrogate pair) and other controls. */
  static void requireClean(String pointer, String text) {
    boolean clean =
        text.codePoints().noneMatch(Character::isISOControl)
            && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (!clean) {
      throw Refusal.of(pointer, "Control characters and broken UTF-16 are not allowed.");
    }
  }

  /** A text of a bounded number of characters. */
  static String bounded(String pointer, String text, int least, int most) {
    requireClean(pointer, text);
    int length = text.codePointCount(0, text.length());
    if (length < least || length > most) {
      throw Refusal.of(
          pointer, "Must have %d to %d characters, not %d.".formatted(least, most, length));
    }
    return text;
  }

  /** A time as RFC 3339 has it; null stays null. */
  static @Nullable Instant instant(String pointer, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      if (isStorable(instant)) {
        return instant;
      }
    } catch (DateTimeException _) {
      // refused below
    }
    throw Refusal.of(
        pointer,
        "Must be a time like 2026-11-22T10:00:00Z (RFC 3339)"
            + (text.contains(" ") ? "; write + as %2B in a query." : "."));
  }

  /** A UUID as it is written everywhere; empty where it is none. */
  static Optional<UUID> uuid(String text) {
    try {
      UUID id = UUID.fromString(text);
      return id.toString().equalsIgnoreCase(text) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The value of this name; null stays null. */
  static <T> @Nullable T oneOf(
      String pointer, @Nullable String text, List<T> values, Function<T, String> name) {
    if (text == null) {
      return null;
    }
    return values.stream()
        .filter(value -> name.apply(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.of(
                    pointer,
                    "Must be one of "
                        + String.join(", ", values.stream().map(name).toList())
                        + "."));
  }

  /** Whether RFC 3339 can write it and PostgreSQL keep it. */
  static boolean isStorable(Instant instant) {
    return !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST);
  }

  /** A duration within bounds. */
  static Duration duration(String pointer, String text, Duration least, Duration most) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
        return duration;
      }
    } catch (DateTimeException | ArithmeticException _) {
      // refused below
    }
    throw Refusal.of(
        pointer,
        "Must be a duration from %s to P%dD, such as PT30S, PT5M or P1D (ISO 8601)."
            .formatted(least, most.toDays()));
  }
}
