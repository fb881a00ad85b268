package io.mooring.bench.scenario;

import io.mooring.bench.past.Day;
import io.mooring.bench.past.PastDevices;
import io.mooring.bench.report.Figure;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/** What is read back, each of a device chosen by chance. */
enum Read {
  BUCKETS("buckets", "buckets of a day"),
  SMALL_BUCKETS("smallBuckets", "the same, sent one by one"),
  LATEST("latest", "latest values"),
  PAGE("page", "first page of 1 000"),
  NEXT_PAGE("nextPage", "the page after");

  /** Readings of a page. */
  static final int LIMIT = 1_000;

  /** Reads once and says how long it took, in nanoseconds. */
  @FunctionalInterface
  interface Reader {
    long read(Read what, PastDevices.One device) throws SQLException;
  }

  private final String key;
  private final String text;

  Read(String key, String text) {
    this.key = key;
    this.text = text;
  }

  Figure p50() {
    return Figure.cost(key + "P50Ms", text + ", p50, ms");
  }

  Figure p99() {
    return Figure.cost(key + "P99Ms", text + ", p99, ms");
  }

  /** Buckets are asked of either kind apart, all else of both. */
  PastDevices.One device(PastDevices devices, RandomGenerator random) {
    return switch (this) {
      case BUCKETS -> devices.anyBatched(random);
      case SMALL_BUCKETS -> devices.anySmall(random);
      default -> random.nextBoolean() ? devices.anySmall(random) : devices.anyBatched(random);
    };
  }

  /** Where it stands in the hub's API; a page after the first takes its cursor from there. */
  String path(PastDevices.One device, Day day) {
    String telemetry = "/devices/%s/telemetry".formatted(device.id());
    String range = "?metric=%s&from=%s&to=%s".formatted(Day.METRIC, day.start(), day.end());
    return switch (this) {
      case BUCKETS, SMALL_BUCKETS ->
          telemetry + range + "&bucket=" + Day.BUCKET + "&agg=avg,min,max,count,last";
      case LATEST -> telemetry + "/latest";
      case PAGE, NEXT_PAGE -> telemetry + range + "&limit=" + LIMIT;
    };
  }
}
