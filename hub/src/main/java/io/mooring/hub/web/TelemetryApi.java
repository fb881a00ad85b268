package io.mooring.hub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
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
    String metric = exchange.query("metric");
    if (metric == null) {
      throw Refusal.of("?metric", "Needed: the metric's name.");
    }
    Text.bounded("?metric", metric, 1, 64);
    Range range = range(exchange);
    String bucket = exchange.query("bucket");
    Series series =
        bucket == null
            ? raw(exchange, device.key(), device.id(), metric, range)
            : buckets(exchange, device.key(), device.id(), metric, range, bucket);
    if (series.items().isEmpty()) {
      requireKnown(exchange.parts().telemetry().metrics(device.key()), metric, device.id());
    }
    return Reply.ok(series);
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

  private static Series raw(Exchange exchange, int key, String device, String metric, Range range) {
    if (exchange.query("agg") != null) {
      throw Refusal.of("?agg", "Makes sense only with bucket.");
    }
    String cursor = exchange.query("cursor");
    if (cursor != null && !TelemetryQueries.isCursor(cursor)) {
      throw Refusal.of("?cursor", "Not a cursor of this query. Use `next` of the page before.");
    }
    Reading.Page page =
        exchange
            .parts()
            .telemetry()
            .raw(key, metric, range.from(), range.to(), cursor, exchange.limit());
    return new Series(
        device,
        metric,
        null,
        page.readings().stream()
            .map(reading -> new RawValue(reading.time(), shown(reading.value())))
            .toList(),
        page.next());
  }

  private static Series buckets(
      Exchange exchange, int key, String device, String metric, Range range, String bucket) {
    if (exchange.query("cursor") != null || exchange.query("limit") != null) {
      throw Refusal.of("?bucket", "Buckets come all at once: leave limit and cursor out.");
    }
    Duration width = Text.duration("?bucket", bucket, Duration.ofSeconds(1), LONGEST_BUCKET);
    if (!width.truncatedTo(ChronoUnit.MICROS).equals(width)) {
      throw Refusal.of("?bucket", "Must be a whole number of microseconds.");
    }
    if (Duration.between(range.from(), range.to()).dividedBy(width) >= MOST_BUCKETS) {
      throw Refusal.of(
          "?bucket", "The range would hold more than %d buckets.".formatted(MOST_BUCKETS));
    }
    Set<Aggregate> wanted = aggregates(exchange.query("agg"));
    List<Bucket> found =
        exchange.parts().telemetry().buckets(key, metric, range.from(), range.to(), width, wanted);
    return new Series(
        device, metric, bucket, found.stream().map(one -> bucketItem(one, wanted)).toList(), null);
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
    Instant to = Text.instant("?to", exchange.query("to"));
    Instant from = Text.instant("?from", exchange.query("from"));
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
