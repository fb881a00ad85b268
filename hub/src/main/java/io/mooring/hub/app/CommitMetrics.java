package io.mooring.hub.app;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.WriterObserver;
import io.mooring.hub.ops.Metrics;

/** What the writer tells of itself, as metrics. */
record CommitMetrics(Metrics metrics) implements WriterObserver {
  @Override
  public void committed(int writes, long nanos) {
    metrics.commitSeconds.observe(nanos / 1e9);
    metrics.commitWrites.observe(writes);
  }

  @Override
  public void retried(DatabaseException.Kind kind) {
    metrics.commitRetries.labelValues(kind.name().toLowerCase(java.util.Locale.ROOT)).inc();
  }
}
