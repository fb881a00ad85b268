package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Cancelling in each state, and commands that try others again. */
class CommandCancelTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  @Test
  void aQueuedCommandIsCancelledAtOnceAndNeverGoesOut() {
    Command first = world.accept("1");
    Command second = world.accept("2");
    Command cancelled = world.commands().cancel(first, Actors.ANNA).join();
    assertThat(cancelled.state()).isEqualTo(CommandState.CANCELLED);
    assertThat(world.commands().waiting()).isEqualTo(1);
    CommandDevice device = world.device(true);
    world.until(second.id(), CommandState.SUCCEEDED);
    assertThat(device.payloads()).containsExactly("2");
    Command.Transition last = world.commands().transitions(first.id()).getLast();
    assertThat(last.cause()).isEqualTo("cancelled by user anna");
    assertThat(last.node()).isEqualTo("test");
    assertThat(last.at()).isEqualTo(cancelled.changedAt());
  }

  @Test
  void cancellingAgainChangesNothing() {
    Command command = world.accept("1");
    Command once = world.commands().cancel(command, Actors.ANNA).join();
    Command twice = world.commands().cancel(command, Actors.BERT).join();
    assertThat(twice).usingRecursiveComparison().isEqualTo(once);
    assertThat(world.states(command.id())).containsExactly("queued", "cancelled");
    assertThat(world.commands().waiting()).isZero();
  }

  @Test
  void aSentCommandIsCancelledAndItsAnswerIsAcknowledgedAndNotStored() {
    Command command = world.accept("1");
    CommandDevice device = world.device(false);
    world.until(command.id(), CommandState.SENT);
    assertThat(world.commands().cancel(command, Actors.ANNA).join().state())
        .isEqualTo(CommandState.CANCELLED);
    device.answer(command.id());
    CommandWorld.until(() -> device.acknowledged.size() == 1);
    assertThat(world.find(command.id()).answer()).isNull();
    assertThat(world.states(command.id())).containsExactly("queued", "sent", "cancelled");
  }

  /** That it was sent is stored with what comes next: the cancelling must not come before it. */
  @Test
  void whatWasSentAMomentAgoIsNotCancelledAsIfItHadNotBeenSent() {
    CommandDevice device = world.device(false);
    Command command = world.accept("1");
    CommandWorld.until(() -> device.commands.size() == 1);
    Command cancelled = world.commands().cancel(command, Actors.ANNA).join();
    assertThat(cancelled.state()).isEqualTo(CommandState.CANCELLED);
    assertThat(cancelled.attempts()).isEqualTo(1);
    assertThat(world.states(command.id())).containsExactly("queued", "sent", "cancelled");
  }

  /** Its time is up before the table knows that it was sent. */
  @Test
  void whatWasSentAMomentAgoDoesNotExpireAsIfItHadNotBeenSent() {
    CommandDevice device = world.device(false);
    Command command = world.accept("1");
    CommandWorld.until(() -> device.commands.size() == 1);
    world.path.writer().submit(CommandChange.expired(command, world.time.instant()));
    world.until(command.id(), CommandState.EXPIRED);
    assertThat(world.find(command.id()).attempts()).isEqualTo(1);
    assertThat(world.states(command.id())).containsExactly("queued", "sent", "expired");
    assertThat(world.commands().transitions(command.id()).getLast().cause())
        .isEqualTo("its time was up while sent");
  }

  /** What is read ahead of the window is taken out again, and the others keep their order. */
  @Test
  void whatIsCancelledBehindTheWindowIsNotSent() {
    List<Command> commands = IntStream.range(0, 60).mapToObj(i -> world.accept("c" + i)).toList();
    CommandDevice device = world.device(false);
    CommandWorld.until(() -> device.commands.size() == 16);
    List.of(16, 40, 59).forEach(i -> world.commands().cancel(commands.get(i), Actors.ANNA).join());
    for (int answered = 0; answered < 57; answered++) {
      int next = answered;
      CommandWorld.until(() -> device.commands.size() > next);
      device.answer(CommandDevice.uuid(device.commands.get(next)));
    }
    CommandWorld.until(() -> world.commands().waiting() == 0);
    assertThat(device.payloads())
        .containsExactlyElementsOf(
            IntStream.range(0, 60)
                .filter(i -> i != 16 && i != 40 && i != 59)
                .mapToObj(i -> "c" + i)
                .toList());
  }

  @Test
  void whatTheDeviceHasCannotBeCancelled() {
    Command command = world.accept("1");
    CommandDevice device = world.device(false);
    world.until(command.id(), CommandState.SENT);
    device.session.on(new Inbound.CommandReceived(command.id()));
    world.until(command.id(), CommandState.RECEIVED);
    assertThat(world.commands().cancel(command, Actors.ANNA).join().state())
        .isEqualTo(CommandState.RECEIVED);
    device.answer(command.id());
    world.until(command.id(), CommandState.SUCCEEDED);
  }

  /** The slots of cancelled commands are free for those that come after. */
  @Test
  void cancellingFreesTheWindow() {
    List<Command> sixteen = IntStream.range(0, 16).mapToObj(i -> world.accept("c" + i)).toList();
    CommandDevice device = world.device(false);
    CommandWorld.until(() -> device.commands.size() == 16);
    Command next = world.accept("next");
    world.commands().cancel(sixteen.getFirst(), Actors.ANNA).join();
    world.until(next.id(), CommandState.SENT);
  }

  @Test
  void aRetryIsANewCommandThatNamesTheOld() {
    Command old = world.accept("1");
    world.commands().cancel(old, Actors.ANNA).join();
    Command.Request again = world.request("1", "again", old.id());
    Command made = durable(again).command();
    assertThat(made.id()).isNotEqualTo(old.id());
    assertThat(world.find(made.id()).retryOf()).isEqualTo(old.id());
    assertThat(durable(again).repeated()).isTrue();
    assertThat(world.commands().accept(world.request("1", "again", null)).join())
        .as("the same key for a command that retries nothing")
        .isEqualTo(new Commands.Accepted.KeyTaken(made.id()));
    assertThat(world.commands().transitions(made.id()).getFirst().cause())
        .isEqualTo("accepted from user anna, to try " + old.id() + " again");
    assertThat(world.commands().retriedBy(made.id())).isEmpty();
    assertThat(world.commands().retriedBy(old.id())).hasValue(made.id());
    Command newest = durable(world.request("1", null, old.id())).command();
    assertThat(world.commands().retriedBy(old.id())).hasValue(newest.id());
  }

  /** Each of the 81 pairs against the table: what is illegal is not written. */
  @Test
  void theTableTakesLegalTransitionsOnly() {
    for (CommandState from : CommandState.values()) {
      for (CommandState to : CommandState.values()) {
        UUID id = world.accept("1").id();
        DATABASE.execute(
            "UPDATE command SET state = '%s' WHERE id = '%s'".formatted(from.text(), id));
        CommandChange change =
            CommandChange.lost(world.find(id), to, world.time.instant(), "the test");
        world.path.writer().submit(change);
        change.settled.join();
        assertThat(world.find(id).state() == to && change.applied)
            .as("%s to %s", from, to)
            .isEqualTo(from.mayBecome(to));
        assertThat(world.find(id).state()).isIn(from, to);
      }
    }
  }

  private Commands.Accepted.Durable durable(Command.Request request) {
    return (Commands.Accepted.Durable) world.commands().accept(request).join();
  }
}
