package io.mooring.hub.telemetry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be asked of a bucket. */
public enum Aggregate {
  /** Mean of the finite numbers. */
  AVG,
  /** Least of the finite numbers. */
  MIN,
  /** Greatest of the finite numbers. */
  MAX,
  /** How many readings, of any type. */
  COUNT,
  /** The newest value, of any type. */
  LAST;

  /** As it stands in the API. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Aggregate> of(String text) {
    return Arrays.stream(values()).filter(aggregate -> aggregate.text().equals(text)).findFirst();
  }
}
