package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commands about to be accepted together: one, or the lines of a bulk request. */
public final class CommandAccept implements Write {
  /**
   * Where a new command stands, where hubs share the database.
   *
   * @param node that holds the device's session; null: none does
   * @param before the last of the device's unfinished commands that were accepted earlier, by its
   *     ordinal; 0: there is none
   */
  record Place(@Nullable String node, long before) {}

  /** One of them. */
  static final class Entry {
    final UUID id;
    final Command.Request request;
    final byte[] digest;
    final Instant at;

    /** Completes with the command once it has ended; null: nobody waits for that. */
    final @Nullable CompletableFuture<Command> waiter;

    // Filled in by CommandAcceptWrites.
    Commands.@Nullable Accepted accepted;
    boolean inserted;
    @Nullable Place place;

    Entry(
        UUID id,
        Command.Request request,
        byte[] digest,
        Instant at,
        @Nullable CompletableFuture<Command> waiter) {
      this.id = id;
      this.request = request;
      this.digest = digest;
      this.at = Timestamps.kept(at);
      this.waiter = waiter;
    }

    /** Nothing can be there in its place, on the first try. */
    boolean isNew() {
      return request.idempotencyKey() == null;
    }

    Commands.Accepted accepted() {
      return Objects.requireNonNull(accepted, "not written");
    }
  }

  final List<Entry> entries;
  final CompletableFuture<List<Commands.Accepted>> answer = new CompletableFuture<>();
  private final int bytes;

  // Filled in by CommandAcceptWrites.
  TransitionWrites.Happened happened = new TransitionWrites.Happened();

  CommandAccept(List<Entry> entries) {
    this.entries = entries;
    int sum = 0;
    for (Entry entry : entries) {
      sum += 512 + entry.request.payload().length;
    }
    this.bytes = sum;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public void refused(DatabaseException why) {
    answer.completeExceptionally(why);
  }
}
