package io.mooring.hub.ops;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What becomes of a batch, from its socket to its acknowledgement. Some of this runs once a
 * message, so nothing here takes a lock or makes an object; what can be is counted once a
 * transaction. Safe for all threads, but for what names one.
 */
public final class TelemetryMetrics {
  /** Why a batch was not taken, or not stored after it was. */
  public enum Refusal {
    /** It exceeds a limit that Welcome names. */
    LIMIT_EXCEEDED("limit-exceeded"),
    MALFORMED("malformed"),
    OUT_OF_ORDER("out-of-order"),
    /** The database refused its row. */
    DATABASE("database"),
    /** The database refused an earlier batch of its session. */
    AFTER_REFUSED("after-refused"),
    /** The hub went down before it could be stored. */
    STOPPING("stopping");

    private final String label;

    Refusal(String label) {
      this.label = label;
    }
  }

  private final LongAdder acceptedBatches = new LongAdder();
  private final LongAdder acceptedReadings = new LongAdder();
  private final LongAdder suspectReadings = new LongAdder();
  private final LongAdder storedBatches = new LongAdder();
  private final LongAdder outsideBatches = new LongAdder();
  private final LongAdder acknowledgedBatches = new LongAdder();
  private final CounterDataPoint repeatedInSession;
  private final CounterDataPoint repeatedAtCommit;
  private final Map<Refusal, CounterDataPoint> refused = new EnumMap<>(Refusal.class);
  private final Histogram commitRows;
  private final TimeBuckets ackSeconds =
      new TimeBuckets(
          "mooring_telemetry_ack_seconds",
          "Time from the frame of a batch to its acknowledgement.",
          500,
          1_000,
          2_500,
          5_000,
          10_000,
          25_000,
          50_000,
          100_000,
          250_000,
          500_000,
          1_000_000,
          2_500_000,
          5_000_000,
          10_000_000);

  TelemetryMetrics(PrometheusRegistry registry) {
    count(registry, "accepted_batches", "Batches taken from devices.", acceptedBatches);
    count(registry, "accepted_readings", "Readings taken from devices.", acceptedReadings);
    count(registry, "suspect_readings", "Readings taken whose time is absurd.", suspectReadings);
    count(registry, "stored_batches", "Batches committed, each once.", storedBatches);
    count(registry, "outside_batches", "Batches committed outside of all days.", outsideBatches);
    count(registry, "acknowledged_batches", "Batches acknowledged.", acknowledgedBatches);
    Counter repeated =
        Counter.builder()
            .name("mooring_telemetry_repeated_batches")
            .help("Batches sent again after they were stored, by where that was found.")
            .labelNames("found")
            .register(registry);
    repeatedInSession = repeated.labelValues("session");
    repeatedAtCommit = repeated.labelValues("commit");
    Counter refusals =
        Counter.builder()
            .name("mooring_telemetry_refused_batches")
            .help("Batches not stored and not acknowledged, by reason.")
            .labelNames("reason")
            .register(registry);
    // All at zero from the start: a rate sees the first one.
    for (Refusal why : Refusal.values()) {
      refused.put(why, refusals.labelValues(why.label));
    }
    commitRows =
        Histogram.builder()
            .name("mooring_commit_telemetry_rows")
            .help("Telemetry rows stored by one transaction that had any to store.")
            .classicOnly()
            .classicUpperBounds(1, 4, 16, 64, 256, 1024, 4096)
            .register(registry);
    registry.register(ackSeconds);
  }

  private static void count(
      PrometheusRegistry registry, String what, String help, LongAdder value) {
    Metrics.count(registry, "mooring_telemetry_" + what, help, value::sum);
  }

  /** A batch is handed to the writer. */
  public void accepted(int readings, boolean suspect) {
    acceptedBatches.increment();
    acceptedReadings.add(readings);
    if (suspect) {
      suspectReadings.add(readings);
    }
  }

  /** A batch is known to its session as stored, and is acknowledged again. */
  public void repeated() {
    repeatedInSession.inc();
  }

  public void refused(Refusal why) {
    refused(why, 1);
  }

  /**
   * The batches of one transaction are committed.
   *
   * @param stored rows that are new
   * @param repeated batches that were found stored, and left as they were
   * @param leftOut batches that came after a refused one
   * @param outside rows of days that have no partition
   */
  public void committed(int stored, int repeated, int leftOut, int outside) {
    storedBatches.add(stored);
    outsideBatches.add(outside);
    commitRows.observe(stored);
    repeatedAtCommit.inc(repeated);
    refused(Refusal.AFTER_REFUSED, leftOut);
  }

  private void refused(Refusal why, int batches) {
    Objects.requireNonNull(refused.get(why)).inc(batches);
  }

  /** A batch waited so long for its acknowledgement. On the notifier thread only. */
  public void waited(long nanos) {
    ackSeconds.observe(nanos);
  }

  /** So many batches of one transaction are acknowledged. */
  public void acknowledged(int batches) {
    acknowledgedBatches.add(batches);
  }
}
