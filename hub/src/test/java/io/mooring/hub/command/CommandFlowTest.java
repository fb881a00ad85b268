package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound;
import io.mooring.protocol.v1.HubFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands from acceptance to their end, over the real database and injected time. */
class CommandFlowTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  private DataPath path;
  private int key;

  @BeforeEach
  void start() {
    DATABASE.execute("TRUNCATE device, command, event, session RESTART IDENTITY CASCADE");
    key = sql.device("d1");
    path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
  }

  @AfterEach
  void stop() {
    path.close();
  }

  @Test
  void orderHoldsWhileEightThreadsAcceptAndTheDeviceComesInBetween() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int thread = t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 50; i++) {
                      send(thread + "-" + i, null).join();
                    }
                  }));
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> sql.number("SELECT count(*) FROM command") > 20);
    CommandDevice device = device(true);
    for (Thread thread : threads) {
      thread.join();
    }
    await().atMost(Duration.ofMinutes(2)).until(() -> device.acknowledged.size() == 400);
    assertThat(String.join(" ", device.payloads()))
        .isEqualTo(
            sql.text(
                "SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY ordinal) FROM command"));
    await().atMost(Duration.ofMinutes(2)).until(() -> path.commands().waiting() == 0);
    assertThat(sql.number("SELECT count(*) FROM command WHERE state = 'succeeded'")).isEqualTo(400);
  }

  @Test
  void oneKeyIsOneCommandHoweverOftenAndHoweverFastItIsAsked() {
    List<CompletableFuture<Commands.Accepted>> asked =
        IntStream.range(0, 50).mapToObj(i -> send("same", "key")).toList();
    List<UUID> ids = asked.stream().map(f -> durable(f.join()).command().id()).distinct().toList();
    assertThat(ids).hasSize(1);
    assertThat(asked.stream().filter(f -> !durable(f.join()).repeated())).hasSize(1);
    assertThat(send("other", "key").join())
        .isEqualTo(new Commands.Accepted.KeyTaken(ids.getFirst()));
    assertThat(path.commands().waiting()).isEqualTo(1);
  }

  @Test
  void theFirstAnswerShowsTheTimesThatAreStored() {
    time.advance(Duration.ofNanos(1_789)); // the table keeps microseconds
    Command c = durable(send("a", null).join()).command();
    assertThat(path.commands().find(key, c.id())).get().usingRecursiveComparison().isEqualTo(c);
  }

  @Test
  void aFullQueueTakesRepeatsOnly() {
    path.close();
    path = DataPaths.start(DATABASE.database(), time, DataPaths.commandsOpen(3));
    // All at once: the limit counts what is still on its way to the database.
    List<CompletableFuture<Commands.Accepted>> asked =
        IntStream.range(0, 10).mapToObj(i -> send("c" + i, "k" + i)).toList();
    assertThat(
            asked.stream()
                .map(CompletableFuture::join)
                .filter(Commands.Accepted.QueueFull.class::isInstance))
        .hasSize(7);
    assertThat(durable(send("c0", "k0").join()).repeated()).isTrue();
    assertThat(path.commands().waiting()).isEqualTo(3);
    time.advance(Duration.ofMinutes(2));
    path.commands().sweep();
    await().atMost(Duration.ofMinutes(2)).until(() -> path.commands().waiting() == 0);
    assertThat(durable(send("c9", "k9").join()).repeated()).isFalse();
  }

  @Test
  void whatIsNotSentInTimeExpiresAndNeverGoesOut() {
    UUID id = accept("late");
    CompletableFuture<Command> ended = path.commands().ended(id);
    time.advance(Duration.ofSeconds(60));
    CommandDevice device = device(false);
    assertThat(ended.join().state()).isEqualTo(CommandState.EXPIRED);
    assertThat(device.commands).isEmpty();
    assertThat(path.commands().waiting()).isZero();
  }

  @Test
  void whatIsNotAnsweredInTimeExpiresAndAnAnswerAfterwardsIsAcknowledged() {
    UUID id = accept("slow");
    CommandDevice device = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> device.commands.size() == 1);
    time.advance(Duration.ofSeconds(61));
    path.commands().sweep();
    await().atMost(Duration.ofMinutes(2)).until(() -> state(id) == CommandState.EXPIRED);
    device.answer(id);
    device.answer(new UUID(1, 2));
    await().atMost(Duration.ofMinutes(2)).until(() -> device.acknowledged.size() == 2);
    assertThat(state(id)).isEqualTo(CommandState.EXPIRED);
  }

  /** A replaced session's answer is not acknowledged, so the device gives it again. */
  @Test
  void anAnswerOverAReplacedSessionIsAcknowledgedOnlyOverTheNextOne() {
    UUID id = accept("once");
    CommandDevice old = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> old.commands.size() == 1);
    // The same device, seen by the relay over an older session than the table's.
    CommandRelay relay = path.sessions().commands();
    List<UUID> early = new CopyOnWriteArrayList<>();
    DeviceLink stale = new StaleLink(old.session.epoch(), early);
    CommandDevice next = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> next.commands.size() == 1);
    assertThat(next.commands.getFirst().getCommand().getAttempt()).isEqualTo(2);
    relay.answered(stale, CommandDevice.success(id));
    next.answer(id);
    await().atMost(Duration.ofMinutes(2)).until(() -> next.acknowledged.size() == 1);
    assertThat(early).isEmpty();
    assertThat(state(id)).isEqualTo(CommandState.SUCCEEDED);
  }

  /** A late answer over the old session must not open a slot of the new one's window. */
  @Test
  void aReplacedSessionsAnswersDoNotWidenTheWindow() {
    IntStream.range(0, 40).forEach(i -> accept("c" + i));
    CommandDevice old = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> old.commands.size() == 16);
    CommandDevice next = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> next.commands.size() == 16);
    DeviceLink stale = new StaleLink(old.session.epoch(), new ArrayList<>());
    for (HubFrame command : next.commands) {
      path.sessions()
          .commands()
          .answered(stale, CommandDevice.success(CommandDevice.uuid(command)));
    }
    next.answer(CommandDevice.uuid(next.commands.getFirst()));
    await().atMost(Duration.ofMinutes(2)).until(() -> next.commands.size() > 16);
    accept("marker");
    assertThat(next.commands).hasSize(17);
  }

  private record StaleLink(long epoch, List<UUID> acknowledged) implements DeviceLink {
    @Override
    public int deviceKey() {
      return 1;
    }

    @Override
    public void send(Command command, int attempt) {}

    @Override
    public void acknowledge(UUID command) {
      acknowledged.add(command);
    }
  }

  @Test
  void anotherRunOfTheHubTakesUpWhatWasInFlight() {
    UUID id = accept("in flight");
    CommandDevice device = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> device.commands.size() == 1);
    device.session.on(new Inbound.CommandReceived(id));
    await().atMost(Duration.ofMinutes(2)).until(() -> state(id) == CommandState.RECEIVED);
    DataPath killed = path;
    path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    await().atMost(Duration.ofMinutes(2)).until(() -> state(id) == CommandState.QUEUED);
    assertThat(path.commands().waiting()).isEqualTo(1);
    CommandDevice again = device(false);
    await().atMost(Duration.ofMinutes(2)).until(() -> again.commands.size() == 1);
    assertThat(again.commands.getFirst().getCommand().getAttempt()).isEqualTo(2);
    again.answer(id);
    await().atMost(Duration.ofMinutes(2)).until(() -> state(id) == CommandState.SUCCEEDED);
    assertThat(
            sql.text(
                "SELECT string_agg(state, ' ' ORDER BY id) FROM event WHERE command_id IS NOT NULL"))
        .isEqualTo("queued sent received queued sent succeeded");
    killed.close();
  }

  /**
   * The answer to the COMMIT that ended the command is lost: its callers hear of it all the same.
   */
  @Test
  void aCommitWhoseAnswerIsLostIsToldToEverybody() {
    path.close();
    try (CutProxy proxy = new CutProxy("127.0.0.1", DATABASE.port());
        var through = DATABASE.through(proxy.port())) {
      path = DataPaths.start(through, time, Limits.DEFAULTS);
      CommandDevice device = device(false);
      UUID id = accept("x");
      await().atMost(Duration.ofMinutes(2)).until(() -> state(id) == CommandState.SENT);
      List<String> seen = new CopyOnWriteArrayList<>();
      path.feed()
          .subscribe(
              java.util.Set.of(),
              false,
              null,
              event -> seen.add(((io.mooring.hub.event.Event.Durable) event).state()));
      CompletableFuture<Command> ended = path.commands().ended(id);
      proxy.loseNextAnswerTo("COMMIT");
      device.answer(id);
      await().atMost(Duration.ofMinutes(2)).until(() -> device.acknowledged.size() == 1);
      assertThat(proxy.answersLost()).isEqualTo(1);
      await().atMost(Duration.ofMinutes(2)).until(ended::isDone);
      assertThat(path.commands().waiting()).isZero();
      assertThat(seen).containsExactly("succeeded");
      path.close();
    }
    path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
  }

  @Test
  void aCallerThatStopsWaitingIsForgotten() {
    UUID id = accept("x");
    IntStream.range(0, 3).forEach(i -> path.commands().ended(id).cancel(false));
    assertThat(path.commands().waiters()).isZero();
    CompletableFuture<Command> waiting = path.commands().ended(id);
    assertThat(path.commands().waiters()).isEqualTo(1);
    device(true);
    assertThat(waiting.join().state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(path.commands().waiters()).isZero();
  }

  private CommandDevice device(boolean answers) {
    return CommandDevice.open(path.sessions(), key, answers);
  }

  private UUID accept(String payload) {
    return durable(send(payload, null).join()).command().id();
  }

  private CompletableFuture<Commands.Accepted> send(String payload, @Nullable String idempotency) {
    return path.commands()
        .accept(
            new Command.Request(
                key,
                "step",
                "application/json",
                payload.getBytes(StandardCharsets.UTF_8),
                time.instant().plusSeconds(60),
                Duration.ofSeconds(60),
                Actors.ANNA,
                idempotency,
                null));
  }

  private CommandState state(UUID id) {
    return path.commands().find(key, id).orElseThrow().state();
  }

  private static Commands.Accepted.Durable durable(Commands.Accepted accepted) {
    return (Commands.Accepted.Durable) accepted;
  }
}
