package io.mooring.bench.report;

/**
 * Something that is measured.
 *
 * @param key its name in JSON
 * @param text its name for people, with its unit
 * @param better which direction is
 */
public record Figure(String key, String text, Better better) {
  /** The better direction. */
  public enum Better {
    HIGHER,
    LOWER
  }

  /** A throughput. */
  public static Figure rate(String key, String text) {
    return new Figure(key, text, Better.HIGHER);
  }

  /** A time or a size. */
  public static Figure cost(String key, String text) {
    return new Figure(key, text, Better.LOWER);
  }

  /** How near the hub is to the floor: 1 is the floor, higher is better. */
  double ratio(double hub, double floor) {
    return switch (better) {
      case HIGHER -> hub / floor;
      case LOWER -> floor / hub;
    };
  }
}
