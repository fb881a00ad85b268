package io.mooring.bench.scenario;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.report.Numbers;
import org.HdrHistogram.Histogram;

/**
 * How long acknowledgements took, in milliseconds from the send.
 *
 * @param late how late the generator itself was, 99th percentile: more than a few milliseconds
 *     means that it had too little CPU to send evenly
 */
record Acks(double p50, double p99, double most, long count, double late) {
  private static final double MS = 1e6;

  /** Those of a fleet since it was last asked. */
  static Acks of(Fleet fleet) {
    Histogram acks = fleet.tally().latencies();
    Histogram late = fleet.tally().lateness();
    return new Acks(
        acks.getValueAtPercentile(50) / MS,
        acks.getValueAtPercentile(99) / MS,
        acks.getMaxValue() / MS,
        acks.getTotalCount(),
        late.getValueAtPercentile(99) / MS);
  }

  String line() {
    return "send to ack: p50 %s ms, p99 %s ms, longest %s ms; generator late by %s ms (p99)"
        .formatted(Numbers.of(p50), Numbers.of(p99), Numbers.of(most), Numbers.of(late));
  }
}
