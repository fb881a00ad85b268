package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Those who wait for the end of what they send are told what the table says, and not before. */
class CommandWaitersTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  /** The command, and what the table said when its end was told. */
  private record Told(Command command, Command stored) {}

  private CompletableFuture<Told> send(String payload, @Nullable String key) {
    Commands.Sending sending = world.commands().send(world.request(payload, key, null));
    assertThat(sending.accepted().join()).isInstanceOf(Commands.Accepted.Durable.class);
    return sending.ended().thenApply(ended -> new Told(ended, world.find(ended.id())));
  }

  private static void isTrue(CompletableFuture<Told> waiting, CommandState state) {
    Told told = waiting.join();
    assertThat(told.command().state()).isEqualTo(state);
    assertThat(told.command()).usingRecursiveComparison().isEqualTo(told.stored());
  }

  @Test
  void ofWhatIsAnswered() {
    world.device(true);
    isTrue(send("1", null), CommandState.SUCCEEDED);
    // A waiter is told first and forgotten then.
    CommandWorld.until(() -> world.commands().waiters() == 0);
  }

  @Test
  void ofWhatIsAnsweredInALaterSession() {
    CommandDevice before = world.device(false);
    CompletableFuture<Told> waiting = send("1", null);
    CommandWorld.until(() -> before.commands.size() == 1);
    CommandDevice after = world.device(false);
    after.answer(CommandDevice.uuid(before.commands.getFirst()));
    isTrue(waiting, CommandState.SUCCEEDED);
  }

  @Test
  void ofWhatIsCancelled() {
    CompletableFuture<Told> queued = send("1", null);
    Command command = newest();
    world.commands().cancel(command, Actors.ANNA).join();
    isTrue(queued, CommandState.CANCELLED);
    CommandDevice device = world.device(false);
    CompletableFuture<Told> sent = send("2", null);
    CommandWorld.until(() -> device.commands.size() == 1);
    world.commands().cancel(newest(), Actors.ANNA).join();
    isTrue(sent, CommandState.CANCELLED);
  }

  @Test
  void ofWhatExpires() {
    CompletableFuture<Told> waiting = send("1", null);
    world.pass(Duration.ofDays(2));
    isTrue(waiting, CommandState.EXPIRED);
  }

  @Test
  void ofWhatAnEarlierRequestMade() {
    CompletableFuture<Told> first = send("1", "key");
    CompletableFuture<Told> second = send("1", "key");
    world.device(true);
    isTrue(first, CommandState.SUCCEEDED);
    isTrue(second, CommandState.SUCCEEDED);
    isTrue(send("1", "key"), CommandState.SUCCEEDED);
    // A waiter is told first and forgotten then.
    CommandWorld.until(() -> world.commands().waiters() == 0);
  }

  private Command newest() {
    return world
        .commands()
        .list(new Commands.Filter(null, null, null, null, null, null), null, 1)
        .getFirst();
  }
}
