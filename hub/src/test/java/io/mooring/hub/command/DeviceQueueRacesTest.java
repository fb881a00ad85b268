package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.cluster.Peers;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What ends or is answered while the queue is about to send it. */
class DeviceQueueRacesTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  private final Queue<Runnable> reads = new ConcurrentLinkedQueue<>();
  private final List<UUID> sent = new CopyOnWriteArrayList<>();

  private final DeviceLink link =
      new DeviceLink() {
        @Override
        public int deviceKey() {
          return world.key;
        }

        @Override
        public long epoch() {
          return 1;
        }

        @Override
        public void send(Command command, int attempt) {
          sent.add(command.id());
        }

        @Override
        public void acknowledge(UUID command) {}
      };

  private boolean holds = true;
  private final CommandRelay relay =
      new CommandRelay(
          new CommandStore(DATABASE.database()),
          world.path.writer(),
          world.time,
          reads::add,
          Limits.DEFAULTS,
          Peers.none("n"),
          () -> holds);
  private final DeviceQueue queue =
      new DeviceQueue(link, relay, reads::add, 16, Integer.MAX_VALUE, true);

  /** The page was read before the cancelling was committed, and comes to its turn after it. */
  @Test
  void whatWasCancelledWhileItWasReadIsNotSent() throws InterruptedException {
    Command command = world.accept("1");
    Command next = world.accept("2");
    queue.pump();
    Thread reading = Thread.ofPlatform().daemon().unstarted(reads.remove());
    long here = Thread.currentThread().threadId();
    queue.still(
        () -> {
          reading.start();
          CommandWorld.until(() -> waitsFor(reading, here));
          relay.cancel(command.id(), command.deviceKey(), "anna", null).settled.join();
          world.path.writer().flushed().join();
          queue.ended(command.id());
        });
    assertThat(reading.join(Duration.ofSeconds(20))).isTrue();
    assertThat(sent).containsExactly(next.id());
  }

  /**
   * Others may have cancelled what it has read: a hub that was stopped and is woken sends nothing.
   */
  @Test
  void aHubWhoseLeaseHasRunOutSendsNothing() {
    world.accept("1");
    queue.pump();
    holds = false;
    runReads();
    queue.sweep();
    assertThat(sent).isEmpty();
    holds = true;
    queue.sweep();
    assertThat(sent).hasSize(1);
  }

  private static boolean waitsFor(Thread thread, long owner) {
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
    return info != null && info.getLockOwnerId() == owner;
  }

  /** The answer comes between the end of the device's time and its commit. */
  @Test
  void whatIsAnsweredAfterItsTimeIsNotSentAgain() {
    Command command = world.accept("1");
    queue.pump();
    runReads();
    world.time.advance(Duration.ofSeconds(Limits.DEFAULTS.commandAnswerSeconds()));
    queue.sweep();
    queue.answered(command.id());
    queue.queuedAgain(command.id());
    runReads();
    assertThat(sent).containsExactly(command.id());
  }

  /**
   * A session opens while a cancelling is under way that comes too late: the command is sent after
   * all, and before those that were accepted after it.
   */
  @Test
  void whatWasNotCancelledInTheEndIsSent() {
    Command command = world.accept("1");
    Command next = world.accept("2");
    CommandChange cancelling =
        DATABASE
            .database()
            .transaction(
                connection -> {
                  try (Statement update = connection.createStatement()) {
                    // The device has it by now; the writer waits for this row.
                    update.execute(
                        "UPDATE command SET state = 'received', attempts = 1, epoch = 0 WHERE id = '"
                            + command.id()
                            + "'");
                  }
                  CommandChange change =
                      relay.cancel(command.id(), command.deviceKey(), "anna", null);
                  relay.attach(link, true);
                  runReads();
                  assertThat(sent).isEmpty();
                  return change;
                });
    cancelling.settled.join();
    assertThat(world.find(command.id()).state()).isEqualTo(CommandState.RECEIVED);
    CommandWorld.until(
        () -> {
          runReads();
          return sent.size() == 2;
        });
    assertThat(sent).containsExactly(command.id(), next.id());
  }

  /** The queue waits for half a window of free slots, but not when the others take long. */
  @Test
  void oneFreeSlotIsUsedOnceItsAnswerIsStored() {
    List<Command> commands = IntStream.range(0, 20).mapToObj(i -> world.accept("c" + i)).toList();
    queue.pump();
    runReads();
    assertThat(sent).hasSize(16);
    queue.answered(commands.getFirst().id());
    queue.ended(commands.getFirst().id());
    assertThat(sent).hasSize(17).endsWith(commands.get(16).id());
  }

  /** The page that is read again for a late one holds those that are under way, too. */
  @Test
  void whatIsUnderWayWhileALateOneIsReadIsNotSentAgain() {
    Command late = world.accept("late");
    queue.pump();
    runReads();
    Duration half = Duration.ofSeconds(Limits.DEFAULTS.commandAnswerSeconds()).dividedBy(2);
    world.time.advance(half);
    List<Command> others = IntStream.range(0, 19).mapToObj(i -> world.accept("c" + i)).toList();
    others.forEach(command -> queue.accepted(command, 0L));
    runReads();
    assertThat(sent).hasSize(16);
    world.time.advance(half);
    queue.sweep();
    queue.queuedAgain(late.id());
    runReads();
    queue.sweep();
    assertThat(sent).hasSize(17).endsWith(late.id());
    queue.answered(others.getFirst().id());
    runReads();
    queue.ended(others.getFirst().id());
    assertThat(sent).hasSize(18).endsWith(others.get(15).id());
  }

  private void runReads() {
    for (Runnable read = reads.poll(); read != null; read = reads.poll()) {
      read.run();
    }
  }
}
