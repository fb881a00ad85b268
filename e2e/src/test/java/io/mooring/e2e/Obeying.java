package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.device.Command;
import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.DeviceState;
import io.mooring.device.Reading;
import io.mooring.e2e.harness.Database;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A device of the SDK in the test's own process. It obeys {@code record} at once and {@code wait}
 * once it is let go, answers with the payload, and remembers both; it sends numbered readings; and
 * it knows how long it was away.
 */
final class Obeying implements Stage.Kept {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /**
   * From the end of one session to the next.
   *
   * @param slot that the hub, or else the SDK, assigned
   */
  record Outage(Duration lasted, Duration slot, String reason) {}

  private final String id;
  private final Device device;
  private final List<String> executed = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final CountDownLatch letGo = new CountDownLatch(1);
  private int begun;
  private long sent;
  private long lostAt;
  private @Nullable DeviceState lost;
  private boolean wasConnected;

  /**
   * Starts it.
   *
   * @param port where it connects, again and again
   */
  Obeying(String id, String token, int port) {
    this.id = id;
    this.device =
        Device.builder("ws://127.0.0.1:" + port, token)
            .backoff(Duration.ofMillis(200), Duration.ofSeconds(1))
            .onState(this::became)
            .on("record", this::carryOut)
            .on(
                "wait",
                command -> {
                  begun(1);
                  letGo.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                  return carryOut(command);
                })
            .start();
  }

  private synchronized CommandResult carryOut(Command command) {
    executed.add(command.payloadAsString());
    return CommandResult.succeeded(command.payloadAsString());
  }

  private synchronized int begun(int more) {
    begun += more;
    return begun;
  }

  private synchronized void became(DeviceState state) {
    long now = System.nanoTime();
    if (state.isConnected()) {
      if (lost != null) {
        Duration slot = lost.retryIn() == null ? Duration.ZERO : lost.retryIn();
        outages.add(new Outage(Duration.ofNanos(now - lostAt), slot, lost.reason()));
        lost = null;
      }
      wasConnected = true;
    } else if (wasConnected) {
      wasConnected = false;
      lost = state;
      lostAt = now;
    }
  }

  String id() {
    return id;
  }

  Obeying awaitConnected() {
    await(id + " is connected").atMost(PATIENCE).until(() -> device.state().isConnected());
    return this;
  }

  boolean isConnected() {
    return device.state().isConnected();
  }

  boolean isAtWork() {
    return begun(0) > 0;
  }

  /** Waits until it has begun with so many {@code wait}. */
  void awaitBegun(int count) {
    await(id + " is at work").atMost(PATIENCE).until(() -> begun(0) >= count);
  }

  /** Lets it finish every {@code wait}, now and later. */
  void letGo() {
    letGo.countDown();
  }

  /** Payloads of what it has executed, in this order, as often as it did. */
  synchronized List<String> executed() {
    return List.copyOf(executed);
  }

  /** How often it was away, and how long. */
  synchronized List<Outage> outages() {
    return List.copyOf(outages);
  }

  /** Sends the next reading. */
  void measure() {
    device.send(Reading.now().integer("n", ++sent));
  }

  /** Waits until the hub has all of them; then each is stored, once. */
  void checkStored(Database database) {
    try {
      assertThat(device.flush(PATIENCE)).as("%s has sent all", id).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(database.numbers(id))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, sent).boxed().toList());
  }

  @Override
  public void close() {
    letGo();
    device.close();
  }
}
