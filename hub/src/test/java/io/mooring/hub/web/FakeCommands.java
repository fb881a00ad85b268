package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Commands in memory: accepted at once, ended by the test. */
final class FakeCommands implements Commands {
  private record Kept(Command command, Command.Request request) {}

  static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

  final AtomicLong waiters = new AtomicLong();
  volatile int most = 100;
  volatile @Nullable CompletableFuture<Accepted> nextAnswer;
  private final Map<UUID, Kept> kept = new ConcurrentHashMap<>();
  private final Map<UUID, CompletableFuture<Command>> ends = new ConcurrentHashMap<>();
  private final AtomicLong ordinals = new AtomicLong();

  @Override
  public CompletableFuture<List<Accepted>> acceptAll(List<Command.Request> requests) {
    CompletableFuture<Accepted> prepared = nextAnswer;
    return prepared != null
        ? prepared.thenApply(List::of)
        : CompletableFuture.completedFuture(requests.stream().map(this::take).toList());
  }

  @Override
  public Sending send(Command.Request request) {
    CompletableFuture<Command> ended = new CompletableFuture<>();
    CompletableFuture<Accepted> accepted = accept(request);
    var _ =
        accepted.thenAccept(
            outcome -> {
              if (outcome instanceof Accepted.Durable(Command command, boolean _)) {
                CompletableFuture<Command> end = ended(command.id());
                var _ = end.thenAccept(ended::complete);
                var _ = ended.whenComplete((_, _) -> end.cancel(false));
              }
            });
    return new Sending(accepted, ended);
  }

  private synchronized Accepted take(Command.Request request) {
    for (Kept known : kept.values()) {
      Command.Request earlier = known.request();
      if (request.idempotencyKey() != null
          && request.idempotencyKey().equals(earlier.idempotencyKey())
          && request.caller().equals(earlier.caller())) {
        boolean same =
            request.name().equals(earlier.name())
                && request.ttl().equals(earlier.ttl())
                && Arrays.equals(request.payload(), earlier.payload());
        return same
            ? new Accepted.Durable(known.command(), true)
            : new Accepted.KeyTaken(known.command().id());
      }
    }
    if (kept.size() >= most) {
      return new Accepted.QueueFull(most, 0);
    }
    long ordinal = ordinals.incrementAndGet();
    Command command =
        new Command(
            new UUID(0x7000L, ordinal),
            ordinal,
            request.deviceKey(),
            request.name(),
            request.contentType(),
            request.payload(),
            CommandState.QUEUED,
            0,
            null,
            CREATED,
            CREATED,
            request.expiresAt(),
            null,
            null,
            request.retryOf(),
            request.job());
    kept.put(command.id(), new Kept(command, request));
    return new Accepted.Durable(command, false);
  }

  @Override
  public CompletableFuture<Command> cancel(Command command, Actor caller) {
    end(command.id(), CommandState.CANCELLED, null);
    return CompletableFuture.completedFuture(find(command.deviceKey(), command.id()).orElseThrow());
  }

  /** The device answers. */
  void end(UUID id, CommandState state, Command.@Nullable Answer answer) {
    Kept ended =
        kept.computeIfPresent(
            id, (_, known) -> new Kept(inState(known.command(), state, answer), known.request()));
    if (ended == null) {
      throw new IllegalArgumentException("no command " + id);
    }
    CompletableFuture<Command> waiting = ends.get(id);
    if (waiting != null) {
      waiting.complete(ended.command());
    }
  }

  /** The only command there is. */
  Command only() {
    return kept.values().iterator().next().command();
  }

  @Override
  public CompletableFuture<Command> ended(UUID id) {
    waiters.incrementAndGet();
    CompletableFuture<Command> end = new CompletableFuture<>();
    var _ = end.whenComplete((_, _) -> waiters.decrementAndGet());
    ends.put(id, end);
    return end;
  }

  @Override
  public Optional<Command> find(int deviceKey, UUID id) {
    return Optional.ofNullable(kept.get(id))
        .map(Kept::command)
        .filter(command -> command.deviceKey() == deviceKey);
  }

  @Override
  public List<Command> list(Filter filter, @Nullable UUID before, int limit) {
    return kept.values().stream()
        .map(Kept::command)
        .filter(command -> filter.deviceKey() == null || command.deviceKey() == filter.deviceKey())
        .filter(command -> filter.state() == null || command.state() == filter.state())
        .filter(command -> filter.name() == null || command.name().equals(filter.name()))
        .filter(command -> before == null || command.id().compareTo(before) < 0)
        .sorted(Comparator.comparingLong(Command::ordinal).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<UUID> retriedBy(UUID id) {
    return kept.values().stream()
        .map(Kept::command)
        .filter(command -> id.equals(command.retryOf()))
        .max(Comparator.comparingLong(Command::ordinal))
        .map(Command::id);
  }

  @Override
  public Command.Standing standing(Command command) {
    return new Command.Standing(0, 0, null);
  }

  @Override
  public List<Command.Transition> transitions(UUID id) {
    return List.of(
        new Command.Transition(CommandState.QUEUED, CREATED, "n1", null, "accepted"),
        new Command.Transition(CommandState.SENT, CREATED, "n1", 4L, "relayed"));
  }

  @Override
  public long waiting() {
    return kept.values().stream().filter(known -> known.command().state().isOpen()).count();
  }

  private static Command inState(
      Command command, CommandState state, Command.@Nullable Answer answer) {
    return new Command(
        command.id(),
        command.ordinal(),
        command.deviceKey(),
        command.name(),
        command.contentType(),
        command.payload(),
        state,
        1,
        4L,
        command.createdAt(),
        command.changedAt(),
        command.expiresAt(),
        answer,
        null,
        command.retryOf(),
        command.job());
  }
}
