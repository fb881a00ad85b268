package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a device is with a command. No transition and no row of its own: only the newest is kept.
 */
final class CommandProgress implements Write {
  private static final Logger LOG = LoggerFactory.getLogger(CommandProgress.class);

  final UUID id;
  final int deviceKey;
  final long epoch;
  final Command.Progress progress;

  // Filled in by CommandProgressWrites.
  List<Event.Progress> events = List.of();

  CommandProgress(UUID id, int deviceKey, long epoch, Command.Progress progress) {
    this.id = id;
    this.deviceKey = deviceKey;
    this.epoch = epoch;
    this.progress =
        new Command.Progress(
            progress.percent(), progress.message(), Timestamps.kept(progress.at()));
  }

  Instant at() {
    return progress.at();
  }

  @Override
  public int bytes() {
    return 512;
  }

  @Override
  public void refused(DatabaseException why) {
    LOG.atLevel(why.severity()).setCause(why).log("Progress of command {} is not stored", id);
  }
}
