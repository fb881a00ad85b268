package io.mooring.hub.app;

import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.job.JobService;
import io.mooring.hub.presence.LastSeenWrites;
import io.mooring.hub.presence.PresenceWrites;
import io.mooring.hub.presence.SessionOpenWrites;
import io.mooring.hub.telemetry.LayoutLink;
import io.mooring.hub.telemetry.TelemetryWrites;
import java.util.ArrayList;
import java.util.List;

/** The kinds of writes there are. */
final class WriterOrder {
  private WriterOrder() {}

  /**
   * In the order of their execution within a transaction: see {@link BatchWriter}. Telemetry comes
   * before session openings, so that the position a device is told includes every batch that
   * waited, and so do changes of commands and the ends of sessions, which are fenced by a session's
   * epoch; jobs come before new commands, so that a job paused or ended releases nothing beside it.
   */
  static List<Write.Kind<?>> of(
      EventStore events,
      LiveFeed feed,
      Peers peers,
      TelemetryWrites telemetry,
      CommandService commands,
      JobService jobs) {
    List<Write.Kind<?>> kinds = new ArrayList<>();
    kinds.add(new LayoutLink.Writes());
    kinds.add(telemetry);
    kinds.add(commands.changes());
    kinds.add(new PresenceWrites(events, feed));
    kinds.add(new SessionOpenWrites(peers, events, feed));
    kinds.add(new LastSeenWrites());
    kinds.add(jobs.kind());
    kinds.addAll(commands.kinds());
    return kinds;
  }
}
