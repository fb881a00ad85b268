package io.mooring.hub.web;

import io.mooring.hub.device.Device;
import io.mooring.hub.telemetry.RawSeries;
import io.mooring.hub.telemetry.Reading;
import io.mooring.hub.telemetry.TelemetryQueries;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * A device's telemetry over a range as one table, a row a time, however long. A page of each metric
 * is in memory, so that only few may run at a time. What comes late, while it runs, may be missing.
 */
final class ExportApi {
  /** Readings in memory of one export. */
  private static final int PAGES = 10_000;

  private static final int MOST_METRICS = 64;

  private final int most;
  private final Semaphore places;

  /**
   * @param most how many run at a time
   */
  ExportApi(int most) {
    this.most = most;
    this.places = new Semaphore(most);
  }

  Reply export(Exchange exchange) {
    exchange.onlyQuery("metric", "from", "to", "format");
    Device device = exchange.device().device();
    TelemetryApi.Range range = TelemetryApi.range(exchange);
    ExportFormat format =
        Text.oneOf(
            "?format",
            exchange.query("format"),
            List.of(ExportFormat.values()),
            ExportFormat::text);
    SortedSet<String> metrics = metrics(exchange, device);
    ExportFormat used = format == null ? ExportFormat.CSV : format;
    String file = "%s-%s".formatted(device.id(), range.from()).replaceAll("[^A-Za-z0-9._-]", "");
    return new Reply.Download(
        used.mediaType(),
        "%s.%s".formatted(file, used.text()),
        out -> write(exchange.parts().telemetry(), device.key(), metrics, range, used, out));
  }

  private static SortedSet<String> metrics(Exchange exchange, Device device) {
    SortedSet<String> known = exchange.parts().telemetry().metrics(device.key());
    SortedSet<String> asked = new TreeSet<>(exchange.queries("metric"));
    for (String metric : asked) {
      TelemetryApi.requireKnown(known, metric, device.id());
    }
    SortedSet<String> metrics = asked.isEmpty() ? known : asked;
    if (metrics.size() > MOST_METRICS) {
      throw Refusal.of(
          "?metric",
          "An export has at most %d metrics, and these are %d: name some, as ?metric=A&metric=B."
              .formatted(MOST_METRICS, metrics.size()));
    }
    return metrics;
  }

  private void write(
      TelemetryQueries telemetry,
      int device,
      SortedSet<String> metrics,
      TelemetryApi.Range range,
      ExportFormat format,
      OutputStream out)
      throws IOException {
    if (!places.tryAcquire()) {
      throw new Refusal(
          Problem.of(
              HttpStatus.SERVICE_UNAVAILABLE_503,
              "busy",
              "Too many exports at this moment",
              "As many run as limits.exports allows, which is %d. Try again after Retry-After."
                  .formatted(most)),
          Map.of("Retry-After", "10"));
    }
    try {
      int page = Math.max(100, PAGES / Math.max(1, metrics.size()));
      List<RawSeries> series =
          metrics.stream()
              .map(metric -> telemetry.series(device, metric, range.from(), range.to(), page))
              .toList();
      format.begin(out, metrics);
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (Instant time = earliest(series); time != null; time = earliest(series)) {
        values.clear();
        for (RawSeries one : series) {
          // Of readings that share metric and time each has a row of its own.
          Reading head = one.peek();
          if (head != null && head.time().equals(time)) {
            values.put(one.metric(), TelemetryApi.shown(one.next().value()));
          }
        }
        format.row(out, time, values, metrics);
      }
    } finally {
      places.release();
    }
  }

  /** Null: nothing is left. */
  private static @Nullable Instant earliest(List<RawSeries> series) {
    Instant earliest = null;
    for (RawSeries one : series) {
      Reading head = one.peek();
      if (head != null && (earliest == null || head.time().isBefore(earliest))) {
        earliest = head.time();
      }
    }
    return earliest;
  }
}
