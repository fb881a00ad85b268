package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceToken;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.device.TokenCampaignStore.State;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.HubFrame;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The next token, cut at each step of PROTOCOL.md's section 16: whatever the device holds then must
 * let it in.
 */
class TokenRotationTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final DeviceTokens tokens =
      new DeviceTokens(DATABASE.database(), new SecureRandom(), (key, token) -> {});
  private final TokenCampaignStore campaign = new TokenCampaignStore(DATABASE.database());
  private NodeLock lock;
  private Hub hub;
  private int key;
  private String old;
  private String oldId;

  @BeforeEach
  void start() {
    DATABASE.execute("TRUNCATE device, command, event, session, audit CASCADE");
    Instant now = Instant.now();
    key =
        new DeviceStore(DATABASE.database())
            .create("pump-7", "Pump", Map.of("site", "berlin"), Actors.ANNA, now)
            .orElseThrow()
            .key();
    DeviceTokens.Issued issued = issue(now);
    old = issued.secret().reveal();
    oldId = issued.token().id();
    startHub();
  }

  private DeviceTokens.Issued issue(Instant now) {
    Instant end = now.plus(Duration.ofDays(30));
    return tokens.issue(key, "factory", now, end, Actors.ANNA, now);
  }

  private void startHub() {
    lock = NodeLock.take(DATABASE.database(), "rotation", new Random());
    hub = Hub.start(DataPaths.patientConfig(), DATABASE.database(), lock);
  }

  @AfterEach
  void stop() {
    hub.close();
    lock.close();
  }

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

  private String lose() {
    try (RawDevice device = open(old)) {
      String token = handedOver(device);
      device.cut();
      return token;
    }
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
    DATABASE.execute("ALTER TABLE audit ADD CONSTRAINT nothing CHECK (false) NOT VALID");
    try (RawDevice device = RawDevice.connect(uri(), next)) {
      device.sayHello();
      assertThat(device.awaitClose().code()).isEqualTo(4200);
    } finally {
      DATABASE.execute("ALTER TABLE audit DROP CONSTRAINT nothing");
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
      DATABASE.execute("ALTER TABLE token_rotation RENAME COLUMN next_token TO gone");
      try {
        device.stored(next);
        assertThat(device.awaitClose().code()).isEqualTo(4001);
      } finally {
        DATABASE.execute("ALTER TABLE token_rotation RENAME COLUMN gone TO next_token");
      }
      open(next).close();
      assertThat(isValid(old)).isFalse();
    }
  }

  private void ask() {
    campaign.askDevices(List.of("pump-7"), Actors.ANNA, Instant.now());
  }

  private RawDevice open(String token) {
    RawDevice device = RawDevice.connect(uri(), token);
    device.helloTakingTokens();
    return device;
  }

  private static String handedOver(RawDevice device) {
    return device.next(HubFrame.BodyCase.NEXT_TOKEN).getNextToken().getToken();
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + hub.port() + "/device");
  }

  private boolean isValid(String token) {
    return token(token.substring(4, 16)).revokedAt() == null;
  }

  private DeviceToken token(String id) {
    return tokens.list(key).stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  private State state() {
    return campaign
        .list(new TokenCampaignStore.Filter(null, false, Map.of()), null, 1)
        .getFirst()
        .state();
  }
}
