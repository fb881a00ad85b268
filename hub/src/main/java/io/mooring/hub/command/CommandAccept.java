package io.mooring.hub.command;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A command about to be accepted. */
public final class CommandAccept implements Write {
  final UUID id;
  final Command.Request request;
  final byte[] digest;
  final Instant at;
  final CompletableFuture<Commands.Accepted> answer = new CompletableFuture<>();

  // Filled in by CommandAcceptWrites.
  Commands.@Nullable Accepted accepted;
  List<Event.Durable> events = List.of();

  CommandAccept(UUID id, Command.Request request, byte[] digest, Instant at) {
    this.id = id;
    this.request = request;
    this.digest = digest;
    this.at = Timestamps.kept(at);
  }

  @Override
  public int bytes() {
    return 512 + request.payload().length;
  }

  @Override
  public void refused(DatabaseException why) {
    answer.completeExceptionally(why);
  }
}
