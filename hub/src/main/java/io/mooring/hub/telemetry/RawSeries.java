package io.mooring.hub.telemetry;

import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One metric's readings over a range, oldest first, however many there are: held in memory is one
 * page, and a connection only while that is read. For one thread at a time.
 */
public final class RawSeries implements Iterator<Reading> {
  private final TelemetryQueries queries;
  private final int deviceKey;
  private final String metric;
  private final Instant from;
  private final Instant to;
  private final int pageSize;

  private Iterator<Reading> page;
  private @Nullable String next;
  private @Nullable Reading head;

  /** Reads the first page. */
  RawSeries(
      TelemetryQueries queries,
      int deviceKey,
      String metric,
      Instant from,
      Instant to,
      int pageSize) {
    this.queries = queries;
    this.deviceKey = deviceKey;
    this.metric = metric;
    this.from = from;
    this.to = to;
    this.pageSize = pageSize;
    this.page = read(null);
    advance();
  }

  private Iterator<Reading> read(@Nullable String cursor) {
    Reading.Page read = queries.patientRaw(deviceKey, metric, from, to, cursor, pageSize);
    next = read.next();
    return read.readings().iterator();
  }

  private void advance() {
    while (!page.hasNext() && next != null) {
      page = read(next);
    }
    head = page.hasNext() ? page.next() : null;
  }

  public String metric() {
    return metric;
  }

  /** What {@link #next} will give; null at the end. */
  public @Nullable Reading peek() {
    return head;
  }

  @Override
  public boolean hasNext() {
    return head != null;
  }

  @Override
  public Reading next() {
    Reading given = head;
    if (given == null) {
      throw new NoSuchElementException();
    }
    advance();
    return given;
  }
}
