package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
import io.mooring.hub.session.SessionRegistry.Measured;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.v1.HubFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions, telemetry and commands over a real socket into a real database. */
class SessionTest {
  private final long t0 = Instant.now().getEpochSecond() * 1_000_000;

  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private TestHub hub;

  @BeforeEach
  void start() {
    DATABASE.execute(
        "TRUNCATE device, command, event, session CASCADE", "TRUNCATE telemetry_batch");
    hub = TestHub.start(DATABASE);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** A large message takes a slow line longer than the hub waits for a sign of life. */
  @Test
  void aPieceOfAMessageIsASignOfLife() {
    int key = hub.device("slow");
    try (RawDevice device = hub.connect("slow")) {
      device.hello(5, 1, 1, 0);
      long begun = System.nanoTime();
      device.beginMessage(100);
      await()
          .until(
              () -> {
                Measured line = hub.path().sessions().registry().measured(key);
                return line != null && System.nanoTime() - line.silentNanos() > begun;
              });
    }
  }

  @Test
  void acknowledgesWhatIsStored() {
    hub.device("pump-1");
    try (RawDevice device = hub.connect("pump-1")) {
      HubFrame welcome = device.hello(5, 1, 1, 0);
      assertThat(welcome.getWelcome().getEpoch()).isEqualTo(1);
      assertThat(welcome.getWelcome().getStoredSeqsList()).containsExactly(0L);
      device.layout(1, "temperature", "pressure");
      for (int i = 1; i <= 500; i++) {
        device.reading(i, 1, t0 + i * 1_000L, i, -i);
        if (i % 50 == 0) {
          device.awaitAck(i);
        }
      }
    }
    assertThat(hub.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(500);
    assertThat(hub.number("SELECT sum(number)::bigint FROM reading WHERE metric = 'pressure'"))
        .isEqualTo(-125_250);
    assertThat(hub.number("SELECT count(*) FROM telemetry_batch_outside")).isZero();
  }

  @Test
  void tellsAReturningDeviceWhatIsStoredAndTakesNoBatchTwice() {
    hub.device("pump-1");
    try (RawDevice device = hub.connect("pump-1")) {
      device.hello(5, 1, 1, 0);
      device.layout(1, "temperature");
      RawDevice.upTo(10).forEach(i -> device.reading(i, 1, t0 + i, i));
      device.awaitAck(10);
    }
    try (RawDevice device = hub.connect("pump-1")) {
      // It saw no acknowledgement after 3, and has 12 by now.
      HubFrame welcome = device.hello(5, 4, 13, t0 + 4);
      assertThat(welcome.getWelcome().getStoredSeqsList()).containsExactly(10L);
      assertThat(welcome.getWelcome().getEpoch()).isEqualTo(2);
      device.layout(1, "temperature");
      IntStream.rangeClosed(4, 12).forEach(i -> device.reading(i, 1, t0 + i, i));
      device.awaitAck(12);
    }
    assertThat(hub.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(12);
  }

  @Test
  void storesABatchOnceEvenWhenTheHubHasForgottenIt() {
    hub.device("pump-1");
    for (int run = 0; run < 2; run++) {
      try (RawDevice device = hub.connect("pump-1")) {
        // A device that claims to hold nothing, and sends from 1 all the same, under another oldest
        // time.
        device.hello(5, 1, 20, t0 + Duration.ofDays(1).toNanos() / 1_000);
        device.layout(1, "temperature");
        RawDevice.upTo(20).forEach(i -> device.reading(i, 1, t0 + i, i));
        device.awaitAck(20);
      }
    }
    assertThat(hub.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(20);
  }

  @Test
  void aSecondSessionClosesTheFirstWhoseLateEndChangesNothing() {
    hub.device("pump-1");
    RawDevice first = hub.connect("pump-1");
    first.hello(5, 1, 1, 0);
    try (RawDevice second = hub.connect("pump-1")) {
      assertThat(second.hello(6, 1, 1, 0).getWelcome().getEpoch()).isEqualTo(2);
      assertThat(first.awaitClose().code()).isEqualTo(4206);
      assertThat(first.awaitClose().reason()).startsWith("replaced; retry-ms=10000;");
      second.layout(1, "temperature");
      second.reading(1, 1, t0, 1);
      second.awaitAck(1);
      assertThat(hub.text("SELECT state || epoch FROM presence")).isEqualTo("online2");
      assertThat(hub.number("SELECT close_code FROM session WHERE epoch = 1")).isEqualTo(4206);
      assertThat(hub.number("SELECT count(*) FROM session WHERE closed_at IS NULL")).isEqualTo(1);
    }
    await().until(() -> hub.text("SELECT state FROM presence").equals("offline"));
  }

  @Test
  void relaysWhatWasQueuedWhileAwayInOrderAndStoresTheResults() {
    int key = hub.device("pump-1");
    List<Commands.Accepted> accepted = new ArrayList<>();
    RawDevice.upTo(50).forEach(i -> accepted.add(send(key, "step", "{\"n\":" + i + "}")));
    try (RawDevice device = hub.connect("pump-1")) {
      device.hello(5, 1, 1, 0);
      for (int i = 1; i <= 50; i++) {
        var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
        assertThat(command.getPayload().toStringUtf8()).isEqualTo("{\"n\":" + i + "}");
        assertThat(command.getAttempt()).isEqualTo(1);
        device.received(command.getId());
        device.succeed(command.getId(), "{\"done\":" + i + "}");
      }
      RawDevice.upTo(50).forEach(i -> device.next(HubFrame.BodyCase.COMMAND_RESULT_ACK));
    }
    assertThat(hub.number("SELECT count(*) FROM command WHERE state = 'succeeded'")).isEqualTo(50);
    Command last = command(accepted.getLast());
    Command stored = hub.path().commands().find(key, last.id()).orElseThrow();
    assertThat(stored.answer())
        .satisfies(a -> assertThat(a.payload()).asString().isEqualTo("{\"done\":50}"));
    assertThat(hub.path().commands().transitions(last.id()))
        .extracting(Command.Transition::state)
        .containsExactly(
            CommandState.QUEUED, CommandState.SENT, CommandState.RECEIVED, CommandState.SUCCEEDED);
    assertThat(hub.path().commands().waiting()).isZero();
  }

  @Test
  void redeliversAfterALostConnectionAndGivesUpAPoisonCommand() {
    int key = hub.device("pump-1");
    Command poison = command(send(key, "crash", "{}"));
    for (int attempt = 1; attempt <= 10; attempt++) {
      RawDevice device = hub.connect("pump-1");
      device.hello(5, 1, 1, 0);
      var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
      assertThat(command.getAttempt()).isEqualTo(attempt);
      device.cut();
    }
    await().until(() -> state(key, poison) == CommandState.UNDELIVERABLE);
    Command next = command(send(key, "hello", "{}"));
    try (RawDevice device = hub.connect("pump-1")) {
      device.hello(5, 1, 1, 0);
      var command = device.next(HubFrame.BodyCase.COMMAND).getCommand();
      assertThat(command.getName()).isEqualTo("hello");
      device.succeed(command.getId(), "");
      await().until(() -> state(key, next) == CommandState.SUCCEEDED);
    }
  }

  @Test
  void keepsNoMoreThanAWindowUnanswered() {
    int key = hub.device("pump-1");
    try (RawDevice device = hub.connect("pump-1")) {
      device.hello(5, 1, 1, 0);
      RawDevice.upTo(40).forEach(i -> send(key, "step", "" + i));
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        seen.add(device.next(HubFrame.BodyCase.COMMAND).getCommand().getPayload().toStringUtf8());
      }
      device.layout(1, "t");
      device.reading(1, 1, t0, 1);
      device.awaitAck(1);
      assertThat(device.waiting(HubFrame.BodyCase.COMMAND)).isEmpty();
      assertThat(seen).isEqualTo(RawDevice.upTo(16).mapToObj(i -> "" + i).toList());
    }
  }

  /** P-53: what was taken is committed and acknowledged before the hub sends the device away. */
  @Test
  void aHubThatStopsAcknowledgesWhatItHasTakenAndTakesNothingMore() throws InterruptedException {
    hub.device("pump-1");
    RawDevice device = hub.connect("pump-1");
    device.hello(5, 1, 1, 0);
    device.layout(1, "t");
    Thread stopping = new Thread(hub.path()::close);
    DATABASE
        .database()
        .transaction(
            c -> {
              try (var lock = c.createStatement()) {
                lock.execute("LOCK TABLE telemetry_batch IN EXCLUSIVE MODE");
              }
              device.reading(1, 1, t0, 1);
              await()
                  .until(
                      () ->
                          hub.number(
                                  "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                                      + " 'Lock' AND datname = current_database()")
                              == 1);
              stopping.start();
              await().until(() -> hub.path().sessions().registry().isDraining());
              assertThatThrownBy(() -> hub.connect("pump-1")).hasMessageContaining("refused");
              return 0;
            });
    device.awaitAck(1);
    assertThat(device.awaitClose().code()).isEqualTo(4000);
    assertThat(device.awaitClose().reason()).startsWith("draining; retry-ms=");
    stopping.join();
    assertThat(hub.text("SELECT state FROM presence")).isEqualTo("offline");
  }

  private Commands.Accepted send(int key, String name, String payload) {
    return hub.path()
        .commands()
        .accept(
            new Command.Request(
                key,
                name,
                "application/json",
                payload.getBytes(StandardCharsets.UTF_8),
                Instant.now().plusSeconds(60),
                Duration.ofSeconds(60),
                Actors.ANNA,
                null,
                null))
        .join();
  }

  private static Command command(Commands.Accepted accepted) {
    return ((Commands.Accepted.Durable) accepted).command();
  }

  private CommandState state(int key, Command command) {
    return hub.path().commands().find(key, command.id()).orElseThrow().state();
  }
}
