package io.mooring.hub.ops;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of times that one thread fills and any thread reads. Prometheus' own pays for many
 * writers; with one, an observation is a few comparisons and two plain additions.
 */
final class TimeBuckets implements Collector {
  private final String name;
  private final String help;
  private final long[] boundsNanos;
  private final double[] boundsSeconds;
  private final AtomicLongArray counts;
  private final AtomicLong sumNanos = new AtomicLong();

  /**
   * @param boundsMicros ascending; one more bucket takes what is longer
   */
  TimeBuckets(String name, String help, long... boundsMicros) {
    this.name = name;
    this.help = help;
    boundsNanos = new long[boundsMicros.length];
    boundsSeconds = new double[boundsMicros.length + 1];
    for (int i = 0; i < boundsMicros.length; i++) {
      boundsNanos[i] = boundsMicros[i] * 1_000;
      boundsSeconds[i] = boundsMicros[i] / 1e6;
    }
    boundsSeconds[boundsMicros.length] = Double.POSITIVE_INFINITY;
    counts = new AtomicLongArray(boundsSeconds.length);
  }

  /** Always called by the same thread. */
  void observe(long nanos) {
    int bucket = 0;
    while (bucket < boundsNanos.length && nanos > boundsNanos[bucket]) {
      bucket++;
    }
    // Opaque: whole for readers, and no fence.
    counts.setOpaque(bucket, counts.getPlain(bucket) + 1);
    sumNanos.setOpaque(sumNanos.getPlain() + nanos);
  }

  @Override
  public MetricSnapshot collect() {
    long[] now = new long[counts.length()];
    for (int i = 0; i < now.length; i++) {
      now[i] = counts.getOpaque(i);
    }
    return HistogramSnapshot.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(boundsSeconds, now))
                .sum(sumNanos.getOpaque() / 1e9)
                .build())
        .build();
  }
}
