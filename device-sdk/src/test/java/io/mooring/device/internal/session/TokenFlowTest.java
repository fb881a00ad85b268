package io.mooring.device.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.NextToken;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P-71 to P-74: the next token is stored, then answered, and nothing connects in between. */
class TokenFlowTest {
  private static final String NEXT =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  @Test
  void theAnswerComesOnlyWhenTheTokenIsStored() {
    Rig rig = rig(true);
    handOver(rig);
    assertThat(answers(rig)).isEmpty();

    rig.workOne();

    assertThat(rig.tokens).containsExactly(NEXT);
    assertThat(answers(rig)).containsExactly("Example00001");
  }

  @Test
  void whatCouldNotBeStoredIsNotAnswered() {
    Rig rig = rig(true);
    rig.tokensFail = true;
    handOver(rig);
    rig.workOne();
    assertThat(answers(rig)).isEmpty();

    rig.tokensFail = false;
    rig.reconnect();
    rig.hub.line().welcome(0);
    rig.loop.run();
    handOver(rig);
    rig.workOne();
    assertThat(answers(rig)).containsExactly("Example00001");
  }

  @Test
  void nothingConnectsWhileTheTokenIsBeingStored() {
    Rig rig = rig(true);
    handOver(rig);
    rig.hub.line().end(1006, "");
    rig.loop.advance(Duration.ofMinutes(5));
    assertThat(rig.hub.lines).hasSize(1);

    rig.workOne();

    assertThat(rig.hub.lines).hasSize(2);
    assertThat(rig.hub.lines.get(0).only(DeviceFrame.BodyCase.NEXT_TOKEN_STORED)).isEmpty();
  }

  @Test
  void aDeviceThatCannotReplaceItsTokenSaysSoAndTakesNone() {
    Rig rig = rig(false);
    assertThat(rig.hub.line().frames.get(0).getHello().getTakesNextToken()).isFalse();
    handOver(rig);
    assertThat(rig.work).isEmpty();
    assertThat(answers(rig)).isEmpty();
  }

  @Test
  void theHubClosesAndTheDeviceComesBackAtOnce() {
    Rig rig = rig(true);
    assertThat(rig.hub.line().frames.get(0).getHello().getTakesNextToken()).isTrue();
    handOver(rig);
    rig.workOne();
    rig.hub.line().end(4001, "next-token; connect with the next token");
    rig.loop.advance(Duration.ofMillis(500));
    assertThat(rig.hub.lines).hasSize(2);
  }

  /** The hub does not know that the token is stored, and takes the old one from it. */
  @Test
  void refusedWithTheOldTokenItComesBackAtOnceWithTheNextOne() {
    Rig rig = rig(true);
    handOver(rig);
    rig.workOne();
    rig.hub.line().end(4400, "token-revoked");
    rig.loop.advance(Duration.ofMillis(500));
    assertThat(rig.hub.lines).hasSize(2);
    rig.hub.line().end(4400, "token-revoked");
    rig.loop.advance(Duration.ofMinutes(59));
    assertThat(rig.hub.lines).hasSize(2);
    assertThat(rig.states).last().asString().startsWith("refused");
  }

  @Test
  void refusedWhileTheNextTokenIsBeingStoredItComesBackWithThat() {
    Rig rig = rig(true);
    handOver(rig);
    rig.hub.line().end(4400, "token-revoked");
    rig.loop.advance(Duration.ofMillis(500));
    assertThat(rig.hub.lines).hasSize(1);
    rig.workOne();
    assertThat(rig.hub.lines).hasSize(2);
  }

  private static Rig rig(boolean keepsTokens) {
    Rig rig = new Rig();
    rig.keepsTokens = keepsTokens;
    rig.start();
    rig.hub.line().welcome(0);
    rig.loop.run();
    return rig;
  }

  private static void handOver(Rig rig) {
    rig.hub.line().say(HubFrame.newBuilder().setNextToken(NextToken.newBuilder().setToken(NEXT)));
    rig.loop.run();
  }

  private static List<String> answers(Rig rig) {
    return rig.hub.line().only(DeviceFrame.BodyCase.NEXT_TOKEN_STORED).stream()
        .map(frame -> frame.getNextTokenStored().getTokenId())
        .toList();
  }
}
