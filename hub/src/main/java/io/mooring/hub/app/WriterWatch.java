package io.mooring.hub.app;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.DatabaseException.Kind;
import io.mooring.hub.db.Reachability;
import io.mooring.hub.db.WriterObserver;
import io.mooring.hub.ops.Metrics;
import java.util.Locale;

/** What the writer tells of itself, as metrics and as word of how the database is. */
record WriterWatch(Metrics metrics, Reachability reachability) implements WriterObserver {
  private static final String WHO = "writer";

  @Override
  public void committed(int writes, long nanos) {
    metrics.commitSeconds.observe(nanos / 1e9);
    metrics.commitWrites.observe(writes);
    reachability.back(WHO);
  }

  @Override
  public void retried(DatabaseException why) {
    metrics.commitRetries.labelValues(why.kind().name().toLowerCase(Locale.ROOT)).inc();
    if (why.kind() == Kind.UNAVAILABLE) {
      reachability.away(WHO, String.valueOf(why.getMessage()));
    } else {
      reachability.back(WHO);
    }
  }
}
