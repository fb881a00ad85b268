package io.mooring.hub.job;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries out {@link JobChange}s, one by one, as they are few. Comes before commands are accepted,
 * so a job that is paused in a transaction releases nothing in it.
 */
final class JobChangeWrites implements Write.Kind<JobChange> {
  /** What an ended job has left waiting is skipped, without touching its devices' rows. */
  private static final String CHANGE =
      """
      UPDATE job SET state = ?, cause = ?, changed_at = ?, ended_at = ?, cancelling = ?,
        skipped = skipped + CASE WHEN ? THEN waiting ELSE 0 END,
        waiting = CASE WHEN ? THEN 0 ELSE waiting END
      WHERE id = ? AND state = ANY (?) AND (NOT ? OR waiting + queued + sent + received = 0)
      RETURNING *
      """;

  private final EventStore events;
  private final LiveFeed feed;
  private final Consumer<Job> changed;

  /**
   * @param changed told of each job that was to change, as it stands after the commit
   */
  JobChangeWrites(EventStore events, LiveFeed feed, Consumer<Job> changed) {
    this.events = events;
    this.feed = feed;
    this.changed = changed;
  }

  @Override
  public Class<JobChange> type() {
    return JobChange.class;
  }

  @Override
  public void write(Connection connection, List<JobChange> writes, boolean careful)
      throws SQLException {
    for (JobChange change : writes) {
      change.event = null;
      Optional<Job> changed = change(connection, change);
      if (changed.isPresent()) {
        change.event =
            events.appendOfJob(connection, change.at, change.job, change.move.text(), change.cause);
        audit(connection, change, changed.get());
      }
      change.after = changed.isPresent() ? changed : JobStore.find(connection, change.job);
    }
  }

  private static Optional<Job> change(Connection connection, JobChange change) throws SQLException {
    JobState to = change.move.to;
    try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
      update.setString(1, to.text());
      update.setString(2, change.cause);
      update.setObject(3, Timestamps.of(change.at));
      update.setObject(4, to.isEnded() ? Timestamps.of(change.at) : null);
      update.setBoolean(5, change.move.cancelsCommands());
      update.setBoolean(6, to.isEnded());
      update.setBoolean(7, to.isEnded());
      update.setObject(8, change.job);
      update.setArray(9, connection.createArrayOf("text", change.move.sources().toArray()));
      update.setBoolean(10, change.move == JobMove.COMPLETED);
      return JobStore.first(update);
    }
  }

  private static void audit(Connection connection, JobChange change, Job job) throws SQLException {
    Actor by = change.by;
    if (by == null) {
      return;
    }
    Change entry =
        Change.of(by, change.at, "job." + change.move.verb(), "jobs/" + change.job)
            .after("title", job.order().title());
    if (change.move == JobMove.CREATED) {
      // Payloads stay out of it, as they may hold secrets.
      entry
          .after("name", job.order().name())
          .after("payloadBytes", job.order().payload().length)
          .after("tags", job.order().tags())
          .after("devices", job.counts().total());
    }
    AuditStore.append(connection, entry);
  }

  @Override
  public void committed(List<JobChange> writes) {
    feed.publish(writes.stream().map(change -> change.event).filter(Objects::nonNull).toList());
    AfterCommit.each(
        writes,
        change -> {
          change.after.ifPresent(changed);
          change.settled.complete(change.after);
        });
  }
}
