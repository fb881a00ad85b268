package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * A session that is slow in sending holds its queue; a newer one of the same device attaches
 * meanwhile, and the older one ends itself from within its sending, as a slow reader does. Holding
 * a lock of the relay while waiting for a queue, attaching would have stopped both for ever.
 */
class CommandRelayLocksTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  private final DataPath path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);

  @AfterEach
  void stop() {
    path.close();
  }

  /** Sends nothing; does in its place what the test says. */
  private record Link(int deviceKey, long epoch, Runnable sending) implements DeviceLink {
    @Override
    public void send(Command command, int attempt) {
      sending.run();
    }

    @Override
    public void acknowledge(UUID command) {}
  }

  @Test
  void attachingWaitsForNoQueueThatItsOwnSessionIsClosing() throws InterruptedException {
    Database database = DATABASE.database();
    DATABASE.execute(
        "INSERT INTO device (id, name, created_at, updated_at) VALUES ('d1', 'd1', now(), now())",
        "INSERT INTO command (id, device_key, name, content_type, payload, state, created_at,"
            + " changed_at, expires_at, caller, request_digest) VALUES (gen_random_uuid(), 1, 'c',"
            + " '', '', 'queued', '2026-11-22', '2026-11-22', '2027-01-01', 'k', '')");
    CommandRelay relay =
        new CommandRelay(
            new CommandStore(database),
            path.writer(),
            time,
            task -> Thread.ofVirtual().start(task),
            Limits.DEFAULTS,
            Peers.none("n"),
            () -> true);
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Link[] older = new Link[1];
    older[0] =
        new Link(
            1,
            1,
            () -> {
              sending.countDown();
              hold(goOn);
              relay.detach(older[0]);
            });
    relay.attach(older[0], true);
    sending.await();
    CountDownLatch newerSends = new CountDownLatch(1);
    Thread attaching =
        Thread.ofPlatform()
            .daemon()
            .start(() -> relay.attach(new Link(1, 2, newerSends::countDown), true));
    // It has come as far as it comes: to the older queue's own lock, which the sender holds.
    await().until(() -> attaching.getState() == Thread.State.BLOCKED);
    goOn.countDown();
    assertThat(attaching.join(Duration.ofSeconds(20))).isTrue();
    newerSends.await();
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
