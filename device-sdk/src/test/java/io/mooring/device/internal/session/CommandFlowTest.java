package io.mooring.device.internal.session;

import static io.mooring.protocol.v1.DeviceFrame.BodyCase.COMMAND_RECEIVED;
import static io.mooring.protocol.v1.DeviceFrame.BodyCase.COMMAND_RESULT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.HubFrame;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommandFlowTest {
  private static final ByteString ONE = Rig.id(1);
  private static final ByteString TWO = Rig.id(2);

  @Test
  void saysReceivedAtOnceAndTheResultWhenDone() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    assertThat(received(rig)).containsExactly(ONE);
    assertThat(results(rig)).isEmpty();
    rig.workOne();
    assertThat(results(rig)).extracting(CommandResult::getId).containsExactly(ONE);
    assertThat(results(rig).get(0).getPayload().toStringUtf8()).isEqualTo("done a");
  }

  @Test
  void handlesOneAtATimeInOrder() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.hub.line().command(TWO, "b");
    rig.loop.run();
    assertThat(received(rig)).containsExactly(ONE, TWO);
    assertThat(rig.work).hasSize(1);
    rig.workOne();
    rig.workOne();
    assertThat(rig.handled).containsExactly("a", "b");
    assertThat(results(rig)).extracting(CommandResult::getId).containsExactly(ONE, TWO);
  }

  @Test
  void handlesSeveralAtATimeWhenAllowed() {
    Rig rig = new Rig(2);
    rig.start();
    rig.hub.line().welcome(0);
    for (int i = 1; i <= 3; i++) {
      rig.hub.line().command(Rig.id(i), "c" + i);
    }
    rig.loop.run();
    assertThat(rig.work).hasSize(2);
  }

  @Test
  void aCommandDeliveredAgainWhileRunningIsOnlySaidToBeReceived() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    assertThat(received(rig)).containsExactly(ONE, ONE);
    rig.workOne();
    assertThat(rig.work).isEmpty();
    assertThat(rig.handled).containsExactly("a");
    assertThat(results(rig)).hasSize(1);
  }

  @Test
  void aFinishedCommandDeliveredAgainIsAnsweredWithItsResult() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    rig.workOne();
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    rig.hub.line().resultAck(ONE);
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    assertThat(rig.handled).containsExactly("a");
    assertThat(results(rig)).hasSize(3).containsOnly(results(rig).get(0));
  }

  @Test
  void leavesOutAPayloadThatTheHubWouldRefuse() {
    Rig rig = new Rig(1);
    rig.start();
    rig.hub.line().welcome(0, FakeHub.LIMITS.toBuilder().setCommandPayloadBytes(5).build());
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    rig.workOne();
    assertThat(results(rig).get(0).getPayload().size()).isZero();
    assertThat(results(rig).get(0).getMessage()).contains("it has 6 bytes").contains("at most 5");
  }

  @Test
  void resultsTheHubDoesNotHaveAreSentAgainAfterWelcome() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.hub.line().command(TWO, "b");
    rig.loop.run();
    rig.workOne();
    rig.hub.line().resultAck(ONE);
    rig.loop.run();
    rig.hub.line().end(1006, "");
    rig.loop.run();
    rig.workOne(); // ends while there is no connection
    rig.loop.advance(Duration.ofSeconds(2));
    rig.hub.line().listener.opened();
    rig.loop.run();
    assertThat(results(rig)).as("not before Welcome").isEmpty();
    rig.hub.line().welcome(0);
    rig.loop.run();
    assertThat(results(rig)).extracting(CommandResult::getId).containsExactly(TWO);
  }

  @Test
  void aCommandThatExpiredInTheQueueIsNotBegun() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "slow");
    Command.Builder late =
        Command.newBuilder().setId(TWO).setName("late").setExpiresAtUs(9_000_000 + 4_000_000);
    rig.hub.line().say(HubFrame.newBuilder().setCommand(late));
    rig.loop.advance(Duration.ofSeconds(4));
    rig.workOne();
    assertThat(rig.handled).containsExactly("slow");
    assertThat(results(rig).get(1).getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_REJECTED);
    assertThat(results(rig).get(1).getMessage()).contains("expired");
  }

  /** What is left out would come again only after those that came after it. */
  @Test
  void takesTheLargestWindowOfAHubInOrder() {
    Rig rig = Rig.open();
    for (int i = 1; i <= 1_000; i++) {
      rig.hub.line().command(Rig.id(i), "c" + i);
    }
    rig.loop.run();
    for (int i = 1; i <= 1_000; i++) {
      rig.workOne();
      rig.hub.line().resultAck(Rig.id(i));
      rig.loop.run();
    }
    assertThat(rig.handled)
        .isEqualTo(IntStream.rangeClosed(1, 1_000).mapToObj(i -> "c" + i).toList());
  }

  @Test
  void whatFindsNoRoomIsRejectedAndWhatHasExpiredMakesRoom() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "slow");
    for (int i = 1; i <= 1_000; i++) {
      Command.Builder soonLate =
          Command.newBuilder().setId(Rig.id(100 + i)).setName("late").setExpiresAtUs(13_000_000);
      rig.hub.line().say(HubFrame.newBuilder().setCommand(soonLate));
    }
    rig.hub.line().command(Rig.id(3), "too many");
    rig.loop.run();
    assertThat(results(rig)).extracting(CommandResult::getId).containsExactly(Rig.id(3));
    assertThat(results(rig).get(0).getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_REJECTED);
    assertThat(results(rig).get(0).getMessage()).contains("1000 commands");

    rig.loop.advance(Duration.ofSeconds(4));
    rig.hub.line().command(TWO, "next");
    rig.loop.run();
    assertThat(results(rig)).hasSize(1_001);
    for (CommandResult result : results(rig)) {
      rig.hub.line().resultAck(result.getId());
    }
    rig.workOne();
    rig.workOne();
    assertThat(rig.handled).containsExactly("slow", "next");
  }

  @Test
  void nothingIsBegunWhileTheJournalIsFullOfResultsTheHubDoesNotHave() {
    Rig rig = new Rig(1, 1);
    rig.start();
    rig.hub.line().welcome(0);
    rig.hub.line().command(ONE, "a");
    rig.hub.line().command(TWO, "b");
    rig.loop.run();
    rig.workOne();
    assertThat(rig.work).as("the second waits").isEmpty();
    assertThat(received(rig)).containsExactly(ONE, TWO);

    rig.hub.line().resultAck(ONE);
    rig.loop.run();
    rig.workOne();
    assertThat(rig.handled).containsExactly("a", "b");
  }

  @Test
  void nothingIsBegunAfterStop() {
    Rig rig = Rig.open();
    rig.hub.line().command(ONE, "a");
    rig.loop.run();
    rig.supervisor.stop();
    rig.workOne();
    assertThat(rig.handled).isEmpty();
  }

  private static List<ByteString> received(Rig rig) {
    return rig.hub.line().only(COMMAND_RECEIVED).stream()
        .map(f -> f.getCommandReceived().getId())
        .toList();
  }

  private static List<CommandResult> results(Rig rig) {
    return rig.hub.line().only(COMMAND_RESULT).stream().map(f -> f.getCommandResult()).toList();
  }
}
