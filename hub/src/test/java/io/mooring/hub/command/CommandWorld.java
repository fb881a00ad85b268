package io.mooring.hub.command;

import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A data path on a database of its own, with the device d1 and time that stands still. */
final class CommandWorld implements AutoCloseable {
  final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  final Sql sql;
  final DataPath path;
  final int key;

  CommandWorld(TestDatabase database) {
    database.execute(
        "TRUNCATE device, deleted_device, command, event, session RESTART IDENTITY CASCADE");
    sql = new Sql(database);
    key = sql.device("d1");
    path = DataPaths.startPatient(database.database(), time);
  }

  CommandService commands() {
    return path.commands();
  }

  CommandDevice device(boolean answers) {
    return CommandDevice.open(path.sessions(), key, answers);
  }

  Command accept(String payload) {
    return ((Commands.Accepted.Durable) commands().accept(request(payload, null, null)).join())
        .command();
  }

  Command.Request request(String payload, @Nullable String idempotency, @Nullable UUID retryOf) {
    return new Command.Request(
        key,
        "step",
        "application/json",
        payload.getBytes(StandardCharsets.UTF_8),
        time.instant().plus(Duration.ofDays(1)),
        Duration.ofDays(1),
        Actors.ANNA,
        idempotency,
        retryOf);
  }

  Command find(UUID id) {
    return commands().find(key, id).orElseThrow();
  }

  void until(UUID id, CommandState state) {
    until(() -> find(id).state() == state);
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofMinutes(2)).until(condition);
  }

  /** The states a command went through. */
  List<String> states(UUID id) {
    return commands().transitions(id).stream().map(t -> t.state().text()).toList();
  }

  /** Lets time pass and does what it asks for. */
  void pass(Duration span) {
    time.advance(span);
    commands().sweep();
  }

  @Override
  public void close() {
    path.close();
  }
}
