package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.device.TokenCampaignStore.State;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators ask again, too often or no longer, and answers of devices that nobody waits for. */
class RotationAskingTest extends Rotating {
  @Test
  void aTokenHandedOverBeforeItWasCancelledIsProvenAllTheSame() {
    ask();
    String next = lose();
    campaign.cancelDevices(List.of("pump-7"), Actors.ANNA, Instant.now());
    open(next).close();
    assertThat(isValid(old)).isFalse();
    assertThat(isValid(next)).isTrue();
  }

  /** Handed over and never proven, they would gather for as long as somebody asks again. */
  @Test
  void aDeviceThatHasAsManyTokensAsItMayGetsNone() {
    for (int i = 1; i < 20; i++) {
      issue(Instant.now());
    }
    ask();
    try (RawDevice _ = open(old)) {
      await().until(() -> state() == State.UNABLE);
    }
    assertThat(tokens.list(key)).hasSize(20);
  }

  /** Asked for once more between the hand-over and the answer. */
  @Test
  void anAnswerThatComesAfterAnotherAskingSendsTheDeviceForItsTokenAllTheSame() {
    ask();
    try (RawDevice device = open(old)) {
      String next = handedOver(device);
      ask();
      device.stored(next);
      assertThat(device.awaitClose().code()).isEqualTo(4001);
      open(next).close();
      assertThat(isValid(old)).isFalse();
    }
  }

  @Test
  void anAnswerThatCannotBeRecordedSendsTheDeviceForItsTokenAllTheSame() {
    ask();
    try (RawDevice device = open(old)) {
      String next = handedOver(device);
      database.execute("ALTER TABLE token_rotation RENAME COLUMN next_token TO gone");
      try {
        device.stored(next);
        assertThat(device.awaitClose().code()).isEqualTo(4001);
      } finally {
        database.execute("ALTER TABLE token_rotation RENAME COLUMN gone TO next_token");
      }
      open(next).close();
      assertThat(isValid(old)).isFalse();
    }
  }

  @Test
  void afterFiveTriesSomebodyHasToAskAgain() {
    ask();
    for (int i = 0; i < 5; i++) {
      lose();
    }
    try (RawDevice device = open(old)) {
      assertThat(tokens.list(key)).hasSize(6);
      ask();
      handedOver(device);
    }
    assertThat(tokens.list(key)).hasSize(7);
    assertThat(isValid(old)).isTrue();
  }

  @Test
  void anAnswerThatNamesAnotherTokenChangesNothing() {
    ask();
    String other = issue(Instant.now()).secret().reveal();
    try (RawDevice device = open(old)) {
      String next = handedOver(device);
      device.stored(other);
      device.stored(next);
      device.awaitClose();
    }
    assertThat(isValid(other)).isTrue();
  }

  /** Asked for once more after a token was handed over: that one does not count. */
  @Test
  void aTokenFromBeforeTheAskingIsProvenAndRotatedAgain() {
    ask();
    String first = lose();
    ask();
    try (RawDevice device = open(first)) {
      assertThat(isValid(old)).isFalse();
      String second = handedOver(device);
      device.stored(second);
      device.awaitClose();
      open(second).close();
    }
    assertThat(isValid(first)).isFalse();
    assertThat(state()).isEqualTo(State.DONE);
  }
}
