package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import io.mooring.hub.event.Event;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Devices that say nothing, little or much of a command, and those that a command brings down. */
class CommandSilenceTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private static final Duration TIMEOUT =
      Duration.ofSeconds(Limits.DEFAULTS.commandAnswerSeconds());

  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  @Test
  void whatIsNotAnsweredInTimeIsSentAgainOverTheSameSession() {
    UUID id = world.accept("1").id();
    CommandDevice device = world.device(false);
    device.received(world, id);
    world.pass(TIMEOUT.minusSeconds(1));
    assertThat(device.commands).hasSize(1);
    world.pass(Duration.ofSeconds(2));
    CommandWorld.until(() -> device.commands.size() == 2);
    assertThat(device.commands.getLast().getCommand().getAttempt()).isEqualTo(2);
    device.answer(id);
    world.until(id, CommandState.SUCCEEDED);
    assertThat(world.states(id))
        .containsExactly("queued", "sent", "received", "queued", "sent", "succeeded");
    Command.Transition late = world.commands().transitions(id).get(3);
    assertThat(late.cause()).isEqualTo("no answer within 15 min");
    assertThat(late.epoch()).isEqualTo(device.session.epoch());
  }

  /** It takes one slot of the window only, until it has used up its attempts. */
  @Test
  void aCommandThatIsNeverAnsweredEndsAndTheOthersGoOn() {
    UUID poison = world.accept("poison").id();
    CommandDevice device = world.device(false);
    for (int attempt = 1; attempt <= Limits.DEFAULTS.commandAttempts(); attempt++) {
      int sent = attempt;
      CommandWorld.until(() -> count(device, "poison") == sent);
      world.until(poison, CommandState.SENT);
      UUID other = world.accept("other" + attempt).id();
      world.until(other, CommandState.SENT);
      device.answer(other);
      world.until(other, CommandState.SUCCEEDED);
      world.pass(TIMEOUT.plusSeconds(1));
    }
    world.until(poison, CommandState.UNDELIVERABLE);
    assertThat(world.commands().transitions(poison).getLast().cause())
        .isEqualTo("sent 10 times and never answered, the last time for 15 min");
    assertThat(world.commands().waiting()).isZero();
  }

  /** A device that falls over its third command: those beside it must not be given up with it. */
  @Test
  void aCommandThatEndsTheConnectionTakesNoOthersWithIt() {
    List<UUID> ids =
        List.of("a", "b", "poison", "c", "d").stream().map(p -> world.accept(p).id()).toList();
    int most = Limits.DEFAULTS.commandAttempts();
    for (int attempt = 1; attempt <= most; attempt++) {
      CommandDevice device = world.device(false);
      CommandWorld.until(() -> count(device, "poison") == 1);
      if (attempt == 1) {
        ids.subList(0, 2).forEach(device::answer);
        world.until(ids.get(1), CommandState.SUCCEEDED);
      }
      device.session.ended(1006, "");
      world.until(ids.get(2), attempt < most ? CommandState.QUEUED : CommandState.UNDELIVERABLE);
      if (attempt > 3) {
        assertThat(device.payloads()).as("attempt " + attempt).containsExactly("poison");
      }
    }
    CommandDevice healthy = world.device(true);
    world.until(ids.getLast(), CommandState.SUCCEEDED);
    assertThat(healthy.payloads()).containsExactly("c", "d");
    assertThat(world.find(ids.getLast()).attempts()).isEqualTo(4);
  }

  /** A device that survives a suspect for a minute is sent what comes after it, too. */
  @Test
  void aSuspectThatOnlyTakesLongHoldsTheOthersForAMinute() {
    UUID suspect = world.accept("suspect").id();
    DATABASE.execute("UPDATE command SET attempts = 3");
    UUID other = world.accept("other").id();
    CommandDevice device = world.device(false);
    device.received(world, suspect);
    world.pass(Duration.ofSeconds(59));
    assertThat(world.find(other).state()).isEqualTo(CommandState.QUEUED);
    world.pass(Duration.ofSeconds(1));
    world.until(other, CommandState.SENT);
    assertThat(device.payloads()).containsExactly("suspect", "other");
  }

  private static int count(CommandDevice device, String payload) {
    return (int) device.payloads().stream().filter(payload::equals).count();
  }

  @Test
  void progressKeepsACommandGoingAndIsShown() {
    UUID id = world.accept("1").id();
    CommandDevice device = world.device(false);
    device.received(world, id);
    List<Event> seen = new CopyOnWriteArrayList<>();
    world.path.feed().subscribe(Set.of(), false, null, seen::add);
    for (int percent = 10; percent <= 90; percent += 10) {
      world.pass(TIMEOUT.minusSeconds(1));
      device.session.on(new Inbound.CommandProgress(id, percent, "rinsing"));
      int said = percent;
      CommandWorld.until(() -> percent(id) == said);
    }
    assertThat(device.commands).hasSize(1);
    assertThat(seen).hasSize(9);
    assertThat(seen.getLast())
        .isEqualTo(
            new Event.Progress(world.key, "d1", world.time.instant(), id, "step", 90, "rinsing"));
    assertThat(world.states(id)).containsExactly("queued", "sent", "received");
  }

  /** A device does one after the other: those behind it are not silent, they wait. */
  @Test
  void commandsBehindOneThatTakesLongAreNotLate() {
    UUID before = world.accept("before").id();
    UUID id = world.accept("long").id();
    UUID behind = world.accept("behind").id();
    CommandDevice device = world.device(false);
    for (UUID command : List.of(before, id, behind)) {
      device.received(world, command);
    }
    for (int percent = 10; percent <= 90; percent += 10) {
      world.pass(TIMEOUT.minusSeconds(1));
      device.session.on(new Inbound.CommandProgress(id, percent, "rinsing"));
      int said = percent;
      CommandWorld.until(() -> percent(id) == said);
    }
    // The time of those behind it begins with its answer, not with the last that was heard of it.
    world.pass(TIMEOUT.minusSeconds(1));
    device.answer(id);
    world.until(id, CommandState.SUCCEEDED);
    world.pass(TIMEOUT.minusSeconds(1));
    assertThat(count(device, "before")).as("nothing was heard of this one").isGreaterThan(1);
    device.answer(behind);
    world.until(behind, CommandState.SUCCEEDED);
    assertThat(world.states(behind)).containsExactly("queued", "sent", "received", "succeeded");
  }

  /** However much a device says: at most one note in two seconds, the newest, and no rows. */
  @Test
  void aChattyDeviceIsHeardEveryTwoSeconds() {
    UUID id = world.accept("1").id();
    CommandDevice device = world.device(false);
    device.received(world, id);
    List<Event> seen = new CopyOnWriteArrayList<>();
    world.path.feed().subscribe(Set.of(), false, null, seen::add);
    long events = world.sql.number("SELECT count(*) FROM event");
    for (int i = 0; i <= 1000; i++) {
      device.session.on(new Inbound.CommandProgress(id, i / 10, ""));
    }
    world.path.writer().flushed().join();
    assertThat(seen).hasSize(1);
    assertThat(percent(id)).isZero();
    world.pass(Limits.PROGRESS_INTERVAL);
    CommandWorld.until(() -> percent(id) == 100);
    assertThat(seen).hasSize(2);
    assertThat(world.sql.number("SELECT count(*) FROM event")).isEqualTo(events);
  }

  @Test
  void progressOfWhatWasNotSentOrHasEndedIsIgnored() {
    UUID id = world.accept("1").id();
    CommandDevice device = world.device(true);
    world.until(id, CommandState.SUCCEEDED);
    device.session.on(new Inbound.CommandProgress(id, 50, ""));
    device.session.on(new Inbound.CommandProgress(new UUID(1, 2), 50, ""));
    world.path.writer().flushed().join();
    assertThat(world.find(id).progress()).isNull();
  }

  @Test
  void aFailureThatMayGoWellAnotherTimeSaysSo() {
    UUID id = world.accept("1").id();
    CommandDevice device = world.device(false);
    world.until(id, CommandState.SENT);
    device.session.on(
        new Inbound.CommandResult(
            id, Inbound.Outcome.FAILED, "text/plain", new byte[0], "no power", true));
    world.until(id, CommandState.FAILED);
    Command.Answer answer = world.find(id).answer();
    assertThat(answer).isNotNull().extracting(Command.Answer::retryable).isEqualTo(true);
    assertThat(world.commands().transitions(id).getLast().cause())
        .isEqualTo("answered by the device, which may do it another time");
  }

  private int percent(UUID id) {
    Command.Progress progress = world.find(id).progress();
    return progress == null ? -1 : progress.percent();
  }
}
