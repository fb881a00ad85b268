package io.mooring.device.internal.session;

import static io.mooring.protocol.v1.DeviceFrame.BodyCase.COMMAND_PROGRESS;
import static io.mooring.protocol.v1.DeviceFrame.BodyCase.COMMAND_RECEIVED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.command.CommandDesk.Reporter;
import io.mooring.protocol.v1.CommandProgress;
import io.mooring.protocol.v1.Limits;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProgressFlowTest {
  private static final ByteString ONE = Rig.id(1);
  private static final Limits EVERY_TWO_SECONDS =
      FakeHub.LIMITS.toBuilder().setCommandProgressIntervalMs(2_000).build();

  private final Rig rig = new Rig();

  @Test
  void tellsTheFirstAtOnceAndThenTheNewestAsOftenAsTheHubWants() {
    work(
        EVERY_TWO_SECONDS,
        reporter -> {
          reporter.report(0, "begins");
          rig.loop.run();
          assertThat(told()).containsExactly(0);
          for (int percent = 1; percent <= 50; percent++) {
            reporter.report(percent, "at it");
            rig.loop.advance(Duration.ofMillis(30));
          }
          assertThat(told()).containsExactly(0);
          rig.loop.advance(Duration.ofMillis(500));
          assertThat(told()).as("the newest").containsExactly(0, 50);
          rig.loop.advance(Duration.ofSeconds(9));
          assertThat(told()).as("nothing new").containsExactly(0, 50);
          reporter.report(60, "");
          rig.loop.run();
          assertThat(told()).as("the pause is over").containsExactly(0, 50, 60);
        });
    CommandProgress first = progress().get(0);
    assertThat(first.getId()).isEqualTo(ONE);
    assertThat(first.getMessage()).isEqualTo("begins");
  }

  @Test
  void saysNothingToAHubThatDoesNotKnowIt() {
    work(FakeHub.LIMITS, reporter -> reporter.report(10, ""));
    rig.loop.advance(Duration.ofSeconds(5));
    assertThat(told()).isEmpty();
  }

  @Test
  void saysNothingOnceTheCommandHasEnded() {
    Reporter[] kept = new Reporter[1];
    work(
        EVERY_TWO_SECONDS,
        reporter -> {
          kept[0] = reporter;
          reporter.report(10, "");
          rig.loop.run();
          reporter.report(20, "");
          rig.loop.run();
        });
    kept[0].report(30, "");
    rig.loop.advance(Duration.ofSeconds(5));
    assertThat(told()).containsExactly(10);
  }

  @Test
  void tellsANewSessionWhereACommandIs() {
    work(
        EVERY_TWO_SECONDS,
        reporter -> {
          reporter.report(10, "");
          rig.loop.run();
          rig.reconnect();
          rig.hub.line().welcome(0, EVERY_TWO_SECONDS);
          rig.loop.run();
          assertThat(told()).as("not before the hub has sent the command again").isEmpty();
          rig.hub.line().command(ONE, "a");
          rig.loop.run();
          assertThat(told()).as("what the session before was told").containsExactly(10);
          rig.hub.line().end(1006, "");
          rig.loop.run();
          reporter.report(20, "");
          rig.loop.advance(Duration.ofSeconds(5));
          rig.hub.line().listener.opened();
          rig.loop.run();
          rig.hub.line().welcome(0, EVERY_TWO_SECONDS);
          rig.hub.line().command(ONE, "a");
          rig.loop.run();
          assertThat(told()).as("what was said meanwhile").containsExactly(20);
        });
  }

  @Test
  void saysThatACommandIsStillHereWhileItRunsOrWaits() {
    rig.start();
    rig.hub.line().welcome(0);
    rig.hub.line().command(ONE, "long");
    rig.hub.line().command(Rig.id(2), "waits");
    rig.loop.run();
    assertThat(received()).containsExactly(ONE, Rig.id(2));
    rig.atWork = reporter -> keepAlive(Duration.ofMinutes(11));
    rig.workOne();
    assertThat(received()).containsExactly(ONE, Rig.id(2), ONE, Rig.id(2), ONE, Rig.id(2));
    rig.atWork = reporter -> {};
    rig.workOne();
    keepAlive(Duration.ofMinutes(11));
    assertThat(received()).as("both have ended").hasSize(6);
  }

  /** Lets time pass while the hub answers heartbeats. */
  private void keepAlive(Duration time) {
    for (long s = 0; s < time.toSeconds(); s += 5) {
      rig.hub.line().reply(0, 0);
      rig.loop.advance(Duration.ofSeconds(5));
    }
  }

  private void work(Limits limits, Consumer<Reporter> atWork) {
    rig.start();
    rig.hub.line().welcome(0, limits);
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    rig.atWork = atWork;
    rig.workOne();
  }

  private List<CommandProgress> progress() {
    return rig.hub.line().only(COMMAND_PROGRESS).stream()
        .map(frame -> frame.getCommandProgress())
        .toList();
  }

  private List<Integer> told() {
    return progress().stream().map(CommandProgress::getPercent).toList();
  }

  private List<ByteString> received() {
    return rig.hub.line().only(COMMAND_RECEIVED).stream()
        .map(frame -> frame.getCommandReceived().getId())
        .toList();
  }
}
