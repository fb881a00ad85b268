package io.mooring.bench.past;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The readings of one metric on one day, one a second; every device has the same. Immutable. */
public final class Day {
  /** Its only metric, a number. */
  public static final String METRIC = "metric-1";

  public static final Duration BUCKET = Duration.ofMinutes(5);
  static final int SECONDS = 86_400;

  /** No device measures on the second: without this the times would pack better than real ones. */
  private static final int JITTER_US = 2_000;

  private final Instant start;
  private final Double[] values = new Double[SECONDS];
  private final Integer[] jitterUs = new Integer[SECONDS];

  /** What the hub must answer of one bucket. */
  public record Expected(double avg, double min, double max, int count, double last) {}

  /** The 24 hours up to the last full hour. */
  public Day(Instant now) {
    start = now.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.DAYS);
    SplittableRandom random = new SplittableRandom(23);
    double value = 20;
    for (int i = 0; i < SECONDS; i++) {
      // A slow walk in steps of 0.01, as sensors deliver.
      value += random.nextInt(-5, 6) / 100.0;
      values[i] = value;
      jitterUs[i] = random.nextInt(JITTER_US);
    }
  }

  public Instant start() {
    return start;
  }

  public Instant end() {
    return start.plus(1, ChronoUnit.DAYS);
  }

  Instant hour(int hour) {
    return start.plus(hour, ChronoUnit.HOURS);
  }

  Double[] values() {
    return values.clone();
  }

  Integer[] jitterUs() {
    return jitterUs.clone();
  }

  /** The value of one reading, by its second of the day. */
  public double value(int second) {
    return values[second];
  }

  /** When it was taken. */
  public Instant time(int second) {
    return start.plusSeconds(second).plus(jitterUs[second], ChronoUnit.MICROS);
  }

  public double last() {
    return values[SECONDS - 1];
  }

  /** All buckets of the day. */
  public List<Expected> buckets() {
    List<Expected> buckets = new ArrayList<>();
    int width = (int) BUCKET.toSeconds();
    for (int from = 0; from < SECONDS; from += width) {
      double sum = 0;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = from; i < from + width; i++) {
        sum += values[i];
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
      buckets.add(new Expected(sum / width, min, max, width, values[from + width - 1]));
    }
    return buckets;
  }
}
