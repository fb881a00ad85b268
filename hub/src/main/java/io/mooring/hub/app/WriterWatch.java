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

  WriterWatch {
    // All at zero from the start: a rate sees the first one.
    for (Kind kind : Kind.values()) {
      metrics.commitRetries.initLabelValues(label(kind));
    }
  }

  private static String label(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void committed(int writes, long nanos) {
    metrics.commitSeconds.observe(nanos / 1e9);
    metrics.commitWrites.observe(writes);
    reachability.back(WHO);
  }

  @Override
  public void retried(DatabaseException why) {
    metrics.commitRetries.labelValues(label(why.kind())).inc();
    if (why.kind() == Kind.UNAVAILABLE) {
      reachability.away(WHO, String.valueOf(why.getMessage()));
    } else {
      reachability.back(WHO);
    }
  }

  /** The writer asks no more: whether the database is away is for others to say. */
  void ended() {
    reachability.back(WHO);
  }
}
