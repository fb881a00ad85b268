package io.mooring.hub.app;

import io.mooring.hub.cluster.Peers;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.DatabaseSize;
import io.mooring.hub.db.Reachability;
import io.mooring.hub.ops.Metrics;
import java.util.function.LongSupplier;

/** What the metrics ask of a hub each time they are read. */
final class Figures {
  private Figures() {}

  static Metrics.Source of(
      DataPath path,
      HubConfig config,
      LongSupplier mergedRows,
      DatabaseSize size,
      Reachability reachability,
      Peers peers) {
    BatchWriter writer = path.writer();
    return new Metrics.Source(
        path.sessions().registry()::size,
        path.commands()::waiting,
        path.telemetryWrites()::storedReadings,
        path.telemetryWrites()::storedValues,
        mergedRows,
        size::bytes,
        reachability::isAway,
        () -> peers.problem().isPresent(),
        new Metrics.Queue(
            () -> writer.backlog().writes(),
            writer::queuedBytes,
            config.limits().writerQueueBytes(),
            () -> writer.backlog().waiting(),
            () -> writer.backlog().waits()));
  }
}
