package io.mooring.hub.command;

import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.DatabaseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Takes requests for commands that the queues of their devices have room for. */
final class CommandAcceptance {
  private final CommandStore store;
  private final OpenCommands open;
  private final int most;
  private final InstantSource clock;
  private final CommandIds ids;
  private final boolean shared;

  /**
   * @param most unfinished commands a device may have
   * @param shared whether other hubs accept and end commands, too
   */
  CommandAcceptance(
      CommandStore store,
      OpenCommands open,
      int most,
      InstantSource clock,
      CommandIds ids,
      boolean shared) {
    this.shared = shared;
    this.store = store;
    this.open = open;
    this.most = most;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Completes with an outcome for each, in their order, once all are committed together.
   *
   * @param waiter completes once what is newly accepted has ended; null: nobody waits for that
   */
  CompletableFuture<List<Accepted>> accept(
      BatchWriter writer,
      List<Command.Request> requests,
      @Nullable CompletableFuture<Command> waiter) {
    if (writer.isFull()) {
      return CompletableFuture.failedFuture(
          DatabaseException.unavailable("too much waits for the database"));
    }
    Map<Integer, Accepted> refused;
    try {
      refused = refused(requests);
    } catch (DatabaseException e) {
      return CompletableFuture.failedFuture(e);
    }
    Instant now = clock.instant();
    List<CommandAccept.Entry> entries = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      if (!refused.containsKey(i)) {
        Command.Request request = requests.get(i);
        byte[] digest = RequestDigest.of(request);
        entries.add(new CommandAccept.Entry(ids.next(), request, digest, now, waiter));
      }
    }
    if (entries.isEmpty()) {
      return CompletableFuture.completedFuture(all(requests.size(), refused, List.of()));
    }
    CommandAccept accept = new CommandAccept(entries);
    // One after the other, so that nobody is answered before the count is right.
    CompletableFuture<List<Accepted>> answer =
        accept
            .answer
            .whenComplete((accepted, failure) -> settle(entries, accepted))
            .thenApply(accepted -> all(requests.size(), refused, accepted));
    writer.submit(accept);
    return answer;
  }

  /** Those that the queues of their devices have no room for, by their places. */
  private Map<Integer, Accepted> refused(List<Command.Request> requests) {
    Map<Integer, Accepted> refused = new HashMap<>();
    int counted = 0;
    try {
      Map<Integer, Integer> roomTaken = new HashMap<>();
      Set<Integer> asked = new HashSet<>();
      for (Command.Request request : requests) {
        int device = request.deviceKey();
        int ofThese = roomTaken.getOrDefault(device, 0);
        // Counted before it is durable, or any number could be under way at once.
        boolean fits = open.add(device) <= most;
        counted++;
        if (fits || (shared && asked.add(device) && hasRoom(device, ofThese))) {
          roomTaken.put(device, ofThese + 1);
        } else {
          refused.put(counted - 1, new Accepted.QueueFull(most, ofThese));
        }
      }
      allowRepeats(requests, refused);
    } catch (DatabaseException e) {
      requests.subList(0, counted).forEach(request -> open.remove(request.deviceKey()));
      throw e;
    }
    refused.keySet().forEach(i -> open.remove(requests.get(i).deviceKey()));
    return refused;
  }

  /** A repeat adds nothing to the queue, so it is no question of room. */
  private void allowRepeats(List<Command.Request> requests, Map<Integer, Accepted> refused) {
    List<Command.Request> repeatable =
        refused.keySet().stream()
            .map(requests::get)
            .filter(request -> request.idempotencyKey() != null)
            .toList();
    if (!repeatable.isEmpty()) {
      Set<Command.Request> taken = store.taken(repeatable);
      refused.keySet().removeIf(i -> taken.contains(requests.get(i)));
    }
  }

  /**
   * What ended elsewhere may still be counted here: the table knows better.
   *
   * @param ofThese that are about to be accepted with this one, so are not there yet
   */
  private boolean hasRoom(int deviceKey, int ofThese) {
    int there = store.countOpen(deviceKey) + ofThese;
    open.set(deviceKey, there + 1);
    return there < most;
  }

  /** What added nothing to a queue is not counted any more. */
  private void settle(List<CommandAccept.Entry> entries, @Nullable List<Accepted> accepted) {
    for (int i = 0; i < entries.size(); i++) {
      boolean added =
          accepted != null
              && accepted.get(i) instanceof Accepted.Durable durable
              && !durable.repeated();
      if (!added) {
        open.remove(entries.get(i).request.deviceKey());
      }
    }
  }

  /** The outcomes in the order of the requests. */
  private static List<Accepted> all(
      int count, Map<Integer, Accepted> refused, List<Accepted> accepted) {
    if (refused.isEmpty()) {
      return accepted;
    }
    Iterator<Accepted> rest = accepted.iterator();
    List<Accepted> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Accepted no = refused.get(i);
      all.add(no == null ? rest.next() : no);
    }
    return all;
  }
}
