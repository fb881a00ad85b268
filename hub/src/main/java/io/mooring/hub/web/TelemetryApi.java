package io.mooring.hub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.hub.device.Device;
import io.mooring.hub.telemetry.Aggregate;
import io.mooring.hub.telemetry.Bucket;
import io.mooring.hub.telemetry.Reading;
import io.mooring.hub.telemetry.TelemetryQueries;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Telemetry, read back. */
final class TelemetryApi {
  private static final Duration LONGEST_BUCKET = Duration.ofDays(31);
  private static final int MOST_BUCKETS = 5_000;

  /** Metrics that a refusal names: enough for a device, and a few KB at most. */
  private static final int MOST_NAMED = 50;

  record Latest(String device, List<LatestValue> metrics) {}

  record LatestValue(
      String metric,
      String type,
      Instant time,
      Instant receivedAt,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object value) {}

  record Series(
      String device,
      String metric,
      @Nullable String bucket,
      List<?> items,
      @Nullable String next) {}

  record RawValue(Instant time, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object value) {}

  record Range(Instant from, Instant to) {}

  /** Taken for a range that is none. */
  private static final Range MOMENT = new Range(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));

  private TelemetryApi() {}

  static Reply latest(Exchange exchange) {
    exchange.onlyQuery();
    var device = exchange.device().device();
    return Reply.ok(
        new Latest(
            device.id(),
            exchange.parts().telemetry().latest(device.key()).stream()
                .map(TelemetryApi::latestValue)
                .toList()));
  }

  static Reply query(Exchange exchange) {
    exchange.onlyQuery("metric", "from", "to", "bucket", "agg", "limit", "cursor");
    var device = exchange.device().device();
    Faults faults = new Faults();
    String metric = faults.read(() -> metric(exchange), "");
    Range range = faults.read(() -> range(exchange), MOMENT);
    String bucket = faults.readOptional(() -> exchange.query("bucket"));
    Series series =
        bucket == null
            ? raw(exchange, faults, device, metric, range)
            : buckets(exchange, faults, device, metric, range, bucket);
    if (series.items().isEmpty()) {
      requireKnown(exchange.parts().telemetry().metrics(device.key()), metric, device.id());
    }
    return Reply.ok(series);
  }

  private static String metric(Exchange exchange) {
    String metric = exchange.query("metric");
    if (metric == null) {
      throw Refusal.of("?metric", "Needed: the metric's name.");
    }
    return Text.bounded("?metric", metric, 1, 64);
  }

  /** A misspelt metric looks like a silent one: asked only where there is nothing to show. */
  static void requireKnown(SortedSet<String> known, String metric, String device) {
    if (known.contains(metric)) {
      return;
    }
    String has =
        known.isEmpty()
            ? "It has not sent any telemetry yet."
            : "It has sent: "
                + known.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (known.size() > MOST_NAMED
                    ? " and %d more.".formatted(known.size() - MOST_NAMED)
                    : ".");
    throw new Refusal(
        Problem.of(
            HttpStatus.NOT_FOUND_404,
            "unknown-metric",
            "No such metric",
            "Device %s has never sent a metric of this name. %s".formatted(device, has)));
  }

  /** What JSON can hold of a value: a number that is not finite becomes null. */
  static @Nullable Object shown(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? null : value;
  }

  private static Series raw(
      Exchange exchange, Faults faults, Device device, String metric, Range range) {
    if (!exchange.queries("agg").isEmpty()) {
      faults.add(new Problem.Fault("?agg", "Makes sense only with bucket."));
    }
    String cursor = faults.readOptional(() -> exchange.query("cursor"));
    if (cursor != null && !TelemetryQueries.isCursor(cursor)) {
      faults.add(
          new Problem.Fault(
              "?cursor", "Not a cursor of this query. Use `next` of the page before."));
    }
    int limit = faults.read(exchange::limit, 1);
    faults.end();
    Reading.Page page =
        exchange
            .parts()
            .telemetry()
            .raw(device.key(), metric, range.from(), range.to(), cursor, limit);
    return new Series(
        device.id(),
        metric,
        null,
        page.readings().stream()
            .map(reading -> new RawValue(reading.time(), shown(reading.value())))
            .toList(),
        page.next());
  }

  private static Series buckets(
      Exchange exchange, Faults faults, Device device, String metric, Range range, String bucket) {
    if (!exchange.queries("cursor").isEmpty() || !exchange.queries("limit").isEmpty()) {
      faults.add(
          new Problem.Fault("?bucket", "Buckets come all at once: leave limit and cursor out."));
    }
    Duration width = faults.read(() -> width(bucket, range), LONGEST_BUCKET);
    Set<Aggregate> wanted = faults.read(() -> aggregates(exchange.query("agg")), Set.of());
    faults.end();
    List<Bucket> found =
        exchange
            .parts()
            .telemetry()
            .buckets(device.key(), metric, range.from(), range.to(), width, wanted);
    List<?> items = found.stream().map(one -> bucketItem(one, wanted)).toList();
    return new Series(device.id(), metric, bucket, items, null);
  }

  private static Duration width(String bucket, Range range) {
    Duration width = Text.duration("?bucket", bucket, Duration.ofSeconds(1), LONGEST_BUCKET);
    if (!width.truncatedTo(ChronoUnit.MICROS).equals(width)) {
      throw Refusal.of("?bucket", "Must be a whole number of microseconds.");
    }
    if (Duration.between(range.from(), range.to()).dividedBy(width) >= MOST_BUCKETS) {
      throw Refusal.of(
          "?bucket", "The range would hold more than %d buckets.".formatted(MOST_BUCKETS));
    }
    return width;
  }

  private static Map<String, @Nullable Object> bucketItem(Bucket bucket, Set<Aggregate> wanted) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("time", bucket.start());
    for (Aggregate aggregate : wanted) {
      item.put(
          aggregate.text(),
          switch (aggregate) {
            case AVG -> bucket.avg();
            case MIN -> bucket.min();
            case MAX -> bucket.max();
            case COUNT -> bucket.count();
            case LAST -> bucket.last() == null ? null : shown(bucket.last());
          });
    }
    return item;
  }

  private static LatestValue latestValue(Reading.Latest latest) {
    return new LatestValue(
        latest.metric(),
        latest.type().text(),
        latest.time(),
        latest.receivedAt(),
        shown(latest.value()));
  }

  static Range range(Exchange exchange) {
    Faults faults = new Faults();
    Instant to = faults.readOptional(() -> Text.instant("?to", exchange.query("to")));
    Instant from = faults.readOptional(() -> Text.instant("?from", exchange.query("from")));
    faults.end();
    Instant end = to == null ? exchange.now() : to;
    Instant start = from == null ? end.minus(Duration.ofHours(1)) : from;
    if (!start.isBefore(end)) {
      throw Refusal.of("?from", "Must lie before to.");
    }
    return new Range(start, end);
  }

  private static Set<Aggregate> aggregates(@Nullable String text) {
    Set<Aggregate> wanted = EnumSet.noneOf(Aggregate.class);
    for (String name : (text == null ? "avg" : text).split(",", -1)) {
      wanted.add(
          Aggregate.of(name.strip())
              .orElseThrow(
                  () ->
                      Refusal.of(
                          "?agg", "Must be some of avg, min, max, count, last, with commas.")));
    }
    return wanted;
  }
}
