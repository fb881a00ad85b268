package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.device.DeviceToken;
import io.mooring.hub.device.TokenCampaignStore.State;
import io.mooring.hub.testing.RawDevice;
import io.mooring.protocol.v1.HubFrame;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The next token, cut at each step of PROTOCOL.md's section 16: whatever the device holds then must
 * let it in.
 */
class TokenRotationTest extends Rotating {
  @Test
  void theOldTokenRetiresOnceTheNextOneHasOpenedASession() {
    ask();
    String next;
    try (RawDevice device = open(old)) {
      next = handedOver(device);
      assertThat(isValid(old)).isTrue();
      assertThat(state()).isEqualTo(State.HANDED_OVER);
      device.stored(next);
      assertThat(device.awaitClose().code()).isEqualTo(4001);
    }
    assertThat(state()).isEqualTo(State.STORED);
    assertThat(isValid(old)).isTrue();

    open(next).close();
    assertThat(state()).isEqualTo(State.DONE);
    assertThat(token(oldId).revokedCause()).isEqualTo("rotated");
    DeviceToken now = token(next.substring(4, 16));
    assertThat(now.replaces()).isEqualTo(oldId);
    assertThat(now.unproven()).isFalse();
    assertThat(now.name()).isEqualTo("factory");
    assertThat(Duration.between(now.createdAt(), now.expiresAt())).isEqualTo(Duration.ofDays(30));
    assertThat(sql.lines("SELECT action || ' ' || actor_id FROM audit ORDER BY id").lines())
        .containsExactly(
            "device.create anna",
            "token.create anna",
            "rotation.ask anna",
            "token.hand-over rotation",
            "token.revoke rotation");
  }

  @Test
  void askedForWithinASessionItComesInThatSession() {
    try (RawDevice device = open(old)) {
      ask();
      assertThat(handedOver(device)).startsWith("mrd_");
    }
  }

  /** The line breaks before the device has stored anything. */
  @Test
  void aLostTokenIsFollowedByAnotherAndHarmsNothing() {
    ask();
    String lost;
    try (RawDevice device = open(old)) {
      lost = handedOver(device);
      device.cut();
    }
    String next;
    try (RawDevice device = open(old)) {
      next = handedOver(device);
      assertThat(next).isNotEqualTo(lost);
      assertThat(isValid(lost)).isTrue();
      device.stored(next);
      device.awaitClose();
    }
    assertThat(isValid(lost)).isFalse();
    assertThat(token(lost.substring(4, 16)).revokedCause()).isEqualTo("superseded");
    assertThat(isValid(old)).isTrue();
    open(next).close();
    assertThat(isValid(old)).isFalse();
    assertThat(isValid(next)).isTrue();
  }

  /** It was stored, and the device lost power or its line before it could say so. */
  @Test
  void aTokenThatWasStoredWithoutAnAnswerIsProvenAllTheSame() {
    ask();
    assertThat(state()).isEqualTo(State.ASKED);
    String next = lose();
    // Where the device never comes back it stays so.
    assertThat(isValid(old)).isTrue();
    assertThat(isValid(next)).isTrue();
    assertThat(state()).isEqualTo(State.HANDED_OVER);
    open(next).close();
    assertThat(state()).isEqualTo(State.DONE);
    assertThat(isValid(old)).isFalse();
    assertThat(isValid(next)).isTrue();
  }

  /** The device got a second one, and it is the first that its disk holds. */
  @Test
  void anEarlierTokenThatComesBackRetiresAllOthers() {
    ask();
    String first = lose();
    String second = lose();
    open(first).close();
    assertThat(isValid(first)).isTrue();
    assertThat(isValid(second)).isFalse();
    assertThat(isValid(old)).isFalse();
  }

  @Test
  void aHubThatEndsInBetweenGoesOnWithIt() {
    ask();
    String next = lose();
    stop();
    startHub();
    open(next).close();
    assertThat(state()).isEqualTo(State.DONE);
    assertThat(isValid(old)).isFalse();
  }

  /** As where the hub is killed before that transaction is committed. */
  @Test
  void withoutItsProofNoSessionIsOpened() {
    ask();
    String next = lose();
    database.execute("ALTER TABLE audit ADD CONSTRAINT nothing CHECK (false) NOT VALID");
    try (RawDevice device = RawDevice.connect(uri(), next)) {
      device.sayHello();
      assertThat(device.awaitClose().code()).isEqualTo(4200);
    } finally {
      database.execute("ALTER TABLE audit DROP CONSTRAINT nothing");
    }
    assertThat(isValid(old)).isTrue();
    open(next).close();
    assertThat(isValid(old)).isFalse();
  }

  @Test
  void softwareThatTakesNoTokensGetsNone() {
    ask();
    try (RawDevice device = RawDevice.connect(uri(), old)) {
      device.hello(5, 1, 1, 0);
      await().until(() -> state() == State.UNABLE);
      assertThat(device.waiting(HubFrame.BodyCase.NEXT_TOKEN)).isEmpty();
    }
    assertThat(tokens.list(key)).hasSize(1);
    lose();
    try (RawDevice older = RawDevice.connect(uri(), old)) {
      older.hello(5, 1, 1, 0);
      await().until(() -> sql.number("SELECT epoch FROM token_rotation") == 3);
      assertThat(state()).isEqualTo(State.HANDED_OVER);
    }
  }
}
