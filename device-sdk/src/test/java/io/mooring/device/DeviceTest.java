package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mooring.device.DeviceState.Phase;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.HubFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole SDK over a real socket. */
@Timeout(30)
class DeviceTest {
  @Test
  void readingsAreConfirmedFlushedAndCounted() throws Exception {
    try (HubServer hub = HubServer.started();
        Device device = quick(hub).start()) {
      CompletableFuture<Void> confirmed =
          device.sendAndConfirm(Reading.now().number("cpu", 0.25).text("mode", "eco"));
      confirmed.get(10, TimeUnit.SECONDS);
      Reading reading = Reading.now().number("cpu", 0.5).text("mode", "eco");
      device.send(reading);
      assertThatThrownBy(() -> reading.number("late", 1)).hasMessageContaining("sent already");
      assertThat(device.flush(Duration.ofSeconds(10))).isTrue();
      Stats stats = device.stats();
      assertThat(stats.storedReadings()).isEqualTo(2);
      assertThat(stats.waitingReadings()).isZero();
      assertThat(stats.waitingBytes()).isZero();
      assertThat(stats.droppedReadings()).isZero();
      Awaitility.await().until(() -> device.stats().roundTrip() != null);
    }
  }

  @Test
  void tellsItsStatesInOrderAndComesBack() throws Exception {
    List<Phase> phases = new CopyOnWriteArrayList<>();
    try (HubServer hub = HubServer.started()) {
      Device device = quick(hub).onState(state -> phases.add(state.phase())).start();
      hub.devices.take().close(4205, "internal-error");
      hub.devices.take();
      Awaitility.await().until(() -> device.state().isConnected());
      device.send(Reading.now().bool("ok", true));
      device.close();
      assertThat(device.state().phase()).isEqualTo(Phase.CLOSED);
      assertThatThrownBy(() -> device.send(Reading.now().bool("ok", true)))
          .isInstanceOf(IllegalStateException.class);
      device.close();
      Awaitility.await().until(() -> phases.contains(Phase.CLOSED));
    }
    assertThat(phases)
        .containsExactly(
            Phase.CONNECTING,
            Phase.CONNECTED,
            Phase.WAITING,
            Phase.CONNECTING,
            Phase.CONNECTED,
            Phase.CLOSED);
  }

  @Test
  void commandsRunOnAWorkerInOrderWhileTheConnectionLives() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    CommandHandler handler =
        command -> {
          threads.add(Thread.currentThread().getName());
          release.await();
          return io.mooring.device.CommandResult.succeeded(
              "{\"attempt\":" + command.attempt() + "}");
        };
    try (HubServer hub = HubServer.started();
        Device device = quick(hub).on("wait", handler).start()) {
      WebSocket line = hub.devices.take();
      for (int i = 1; i <= 2; i++) {
        Command.Builder command = Command.newBuilder().setId(id(i)).setName("wait").setAttempt(i);
        HubServer.say(line, HubFrame.newBuilder().setCommand(command));
      }
      assertThat(threads.take()).startsWith("mooring-device-worker");
      device.sendAndConfirm(Reading.now().bool("busy", true)).get(10, TimeUnit.SECONDS);
      assertThat(threads).as("one at a time").isEmpty();
      release.countDown();
      assertThat(nextResult(hub).getPayload().toStringUtf8()).isEqualTo("{\"attempt\":1}");
      assertThat(nextResult(hub).getPayload().toStringUtf8()).isEqualTo("{\"attempt\":2}");
    }
  }

  @Test
  void closeInterruptsAHandlerAndFailsWhatIsNotStored() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CommandHandler handler =
        command -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return io.mooring.device.CommandResult.failed("interrupted");
        };
    try (HubServer hub = HubServer.started()) {
      Device device = quick(hub).linger(Duration.ofMinutes(1)).on("wait", handler).start();
      Command.Builder command = Command.newBuilder().setId(id(1)).setName("wait");
      HubServer.say(hub.devices.take(), HubFrame.newBuilder().setCommand(command));
      running.await();
      CompletableFuture<Void> lost = device.sendAndConfirm(Reading.now().bool("ok", true));
      device.close();
      interrupted.await();
      assertThatThrownBy(() -> lost.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("closed before");
    }
  }

  @Test
  void everyThreadIsADaemonWithAName() throws Exception {
    try (HubServer hub = HubServer.started();
        Device device = quick(hub).start()) {
      hub.devices.take();
      Awaitility.await().until(() -> device.state().isConnected());
      List<Thread> own =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("mooring-device"))
              .toList();
      assertThat(own).isNotEmpty().allMatch(Thread::isDaemon);
    }
  }

  private static DeviceBuilder quick(HubServer hub) {
    return Device.builder(hub.address(), DeviceBuilderTest.TOKEN)
        .linger(Duration.ofMillis(5))
        .backoff(Duration.ofMillis(10), Duration.ofMillis(100));
  }

  private static ByteString id(int n) {
    return ByteString.copyFrom(new byte[15]).concat(ByteString.copyFrom(new byte[] {(byte) n}));
  }

  private static CommandResult nextResult(HubServer hub) throws InterruptedException {
    DeviceFrame frame;
    do {
      frame = hub.frames.take();
    } while (frame.getBodyCase() != DeviceFrame.BodyCase.COMMAND_RESULT);
    return frame.getCommandResult();
  }
}
