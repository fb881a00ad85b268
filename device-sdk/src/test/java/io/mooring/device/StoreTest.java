package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.DeviceFrame.BodyCase;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Stream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole SDK with a store, over a real socket. */
@Timeout(30)
class StoreTest {
  private static final ByteString ID = ByteString.copyFrom(new byte[16]);

  @TempDir Path parent;

  @Test
  void readingsMadeOfflineArriveAfterARestart() throws Exception {
    try (Device offline = builder(URI.create("ws://127.0.0.1:1")).start()) {
      offline.send(Reading.now().number("cpu", 1));
      offline.persist();
      offline.send(Reading.now().number("cpu", 2));
      assertThat(offline.stats().waitingReadings()).isEqualTo(2);
      assertThat(offline.stats().waitingBytes()).isPositive();
    }
    try (HubServer hub = HubServer.started();
        Device device = builder(hub.address()).start()) {
      Stream stream = next(hub, BodyCase.HELLO).getHello().getStreams(0);
      assertThat(stream.getFirstSeq()).isEqualTo(1);
      assertThat(next(hub, BodyCase.TELEMETRY).getTelemetry().getNumbers(0)).isEqualTo(1);
      assertThat(next(hub, BodyCase.TELEMETRY).getTelemetry().getNumbers(0)).isEqualTo(2);
      assertThat(device.flush(Duration.ofSeconds(10))).isTrue();
      assertThat(device.stats().waitingReadings()).isZero();
    }
  }

  @Test
  void aCommandOfAnEarlierProcessIsAnsweredFromTheJournal() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CommandHandler handler = command -> CommandResult.succeeded("" + calls.incrementAndGet());
    for (int run = 0; run < 2; run++) {
      try (HubServer hub = HubServer.started();
          Device device = builder(hub.address()).on("count", handler).start()) {
        Command.Builder command = Command.newBuilder().setId(ID).setName("count");
        DeviceFrame result = answer(hub, command);
        assertThat(result.getCommandResult().getPayload().toStringUtf8()).isEqualTo("1");
        assertThat(device.state().isConnected()).isTrue();
      }
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void aCommandCutOffByTheEndFailsOrIsRepeated() throws Exception {
    for (boolean repeatable : new boolean[] {false, true}) {
      Path folder = parent.resolve("store-" + repeatable);
      CountDownLatch running = new CountDownLatch(1);
      CommandHandler endless =
          command -> {
            running.countDown();
            new CountDownLatch(1).await();
            return CommandResult.succeeded();
          };
      CommandHandler quick = command -> CommandResult.succeeded("\"again\"");
      deliver(folder, repeatable, endless, running);
      try (HubServer hub = HubServer.started();
          Device device = with(builder(hub.address()).store(folder), repeatable, quick).start()) {
        Command.Builder command = Command.newBuilder().setId(ID).setName("work");
        HubServer.say(hub.devices.take(), HubFrame.newBuilder().setCommand(command));
        io.mooring.protocol.v1.CommandResult result =
            next(hub, BodyCase.COMMAND_RESULT).getCommandResult();
        assertThat(result.getStatus())
            .isEqualTo(
                repeatable
                    ? CommandStatus.COMMAND_STATUS_SUCCEEDED
                    : CommandStatus.COMMAND_STATUS_FAILED);
        assertThat(result.getPayload().toStringUtf8())
            .isEqualTo(repeatable ? "\"again\"" : "{\"cause\":\"interrupted\"}");
        assertThat(device.stats().droppedReadings()).isZero();
      }
    }
  }

  private void deliver(
      Path folder, boolean repeatable, CommandHandler handler, CountDownLatch running)
      throws Exception {
    try (HubServer hub = HubServer.started();
        Device device = with(builder(hub.address()).store(folder), repeatable, handler).start()) {
      Command.Builder command = Command.newBuilder().setId(ID).setName("work");
      HubServer.say(hub.devices.take(), HubFrame.newBuilder().setCommand(command));
      running.await();
      Awaitility.await().until(() -> device.state().isConnected());
    }
  }

  private static DeviceBuilder with(
      DeviceBuilder builder, boolean repeatable, CommandHandler handler) {
    return repeatable ? builder.onRepeatable("work", handler) : builder.on("work", handler);
  }

  /** Nobody may find out by a valve that opened twice. */
  @Test
  void withoutAStoreItWarnsOfCommandsThatMayRunTwice() {
    CommandHandler handler = command -> CommandResult.succeeded();
    URI nowhere = URI.create("ws://127.0.0.1:1");
    Device.builder(nowhere, DeviceBuilderTest.TOKEN)
        .on("warned-of-b", handler)
        .onRepeatable("not-warned-of", handler)
        .on("warned-of-a", handler)
        .start()
        .close();
    Device.builder(nowhere, DeviceBuilderTest.TOKEN)
        .onRepeatable("not-warned-of", handler)
        .start()
        .close();
    builder(nowhere).on("not-warned-of", handler).start().close();
    assertThat(WarningLog.WARNINGS)
        .filteredOn(line -> line.contains("warned-of"))
        .singleElement()
        .asString()
        .startsWith(Storage.class.getName() + ": No store: ")
        .contains("(warned-of-a, warned-of-b)", "twice", "store(…)", "onRepeatable(…)");
  }

  @Test
  void aSecondDeviceIsToldWhatToDo() {
    try (Device first = builder(URI.create("ws://127.0.0.1:1")).start()) {
      assertThat(first.stats().waitingReadings()).isZero();
      assertThatThrownBy(() -> builder(URI.create("ws://127.0.0.1:1")).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining("its own folder");
    }
    builder(URI.create("ws://127.0.0.1:1")).start().close();
  }

  @Test
  void refusesSettingsOutOfBounds() {
    Store store = Store.in(parent);
    assertThatThrownBy(() -> store.syncEvery(Duration.ZERO)).hasMessageContaining("syncEvery");
    assertThatThrownBy(() -> store.commandJournal(1, Duration.ofDays(1)))
        .hasMessageContaining("65536");
    assertThatThrownBy(
            () -> builder(URI.create("ws://127.0.0.1:1")).outbox(65_536, WhenFull.BLOCK).start())
        .hasMessageContaining("1048576");
  }

  private DeviceBuilder builder(URI hub) {
    return Device.builder(hub, DeviceBuilderTest.TOKEN)
        .store(Store.in(parent.resolve("store")).syncEachWrite())
        .linger(Duration.ofMillis(5))
        .backoff(Duration.ofMillis(10), Duration.ofMillis(100));
  }

  /** As a hub does: delivers it in each session, until it is answered. */
  private static DeviceFrame answer(HubServer hub, Command.Builder command)
      throws InterruptedException {
    while (true) {
      WebSocket device = hub.devices.poll();
      if (device != null) {
        HubServer.say(device, HubFrame.newBuilder().setCommand(command));
      }
      DeviceFrame frame = hub.frames.poll(50, TimeUnit.MILLISECONDS);
      if (frame != null && frame.getBodyCase() == BodyCase.COMMAND_RESULT) {
        return frame;
      }
    }
  }

  private static DeviceFrame next(HubServer hub, BodyCase kind) throws InterruptedException {
    DeviceFrame frame = hub.frames.take();
    while (frame.getBodyCase() != kind) {
      frame = hub.frames.take();
    }
    return frame;
  }
}
