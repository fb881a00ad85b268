package io.mooring.hub.job;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A job's next state. Applied only if the state it finds may become this one. */
final class JobChange implements Write {
  final UUID job;
  final JobMove move;
  final Instant at;
  final String cause;

  /** Who asked for it; null: nobody. */
  final @Nullable Actor by;

  /** Completes after the commit with the job as it stands then, applied or not, if it is there. */
  final CompletableFuture<Optional<Job>> settled = new CompletableFuture<>();

  // Filled in by JobChangeWrites.
  Optional<Job> after = Optional.empty();
  Event.@Nullable Durable event;

  JobChange(UUID job, JobMove move, Instant at, String cause, @Nullable Actor by) {
    this.job = job;
    this.move = move;
    this.at = Timestamps.kept(at);
    this.cause = cause;
    this.by = by;
  }

  @Override
  public int bytes() {
    return 512;
  }

  @Override
  public void refused(DatabaseException why) {
    settled.completeExceptionally(why);
  }
}
