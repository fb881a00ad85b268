package io.mooring.hub.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.device.EnrolmentStore.Reason;
import io.mooring.hub.device.EnrolmentStore.Result;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EnrolmentStoreTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final String FROM = "192.0.2.9";

  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final Sql sql = new Sql(DATABASE);
  private final EnrolmentKeyStore keys =
      new EnrolmentKeyStore(DATABASE.database(), new SecureRandom());
  private final EnrolmentStore enrolments =
      new EnrolmentStore(DATABASE.database(), new SecureRandom(), (key, token) -> ended.add(token));
  private final DeviceStore devices = new DeviceStore(DATABASE.database());

  @BeforeEach
  void empty() {
    DATABASE.execute("DELETE FROM device", "DELETE FROM enrolment_key", "DELETE FROM audit");
  }

  @Test
  void aNewDeviceGetsATokenThatOpensAndTheTagsOfTheKey() {
    String key = key(1, "pump-", null);

    Result.Enrolled enrolled = (Result.Enrolled) enrol(key, "pump-8");

    assertThat(devices.find("pump-8").orElseThrow().device().tags())
        .isEqualTo(Map.of("site", "berlin"));
    assertThat(
            new DeviceAuthenticator(DATABASE.database(), DATABASE.database())
                .authenticate(enrolled.token().reveal(), FROM, NOW)
                .join())
        .isInstanceOf(DeviceAuthenticator.Result.Authenticated.class);
    assertThat(keys.list().getFirst().uses()).isOne();
    assertThat(keys.list().getFirst().lastUsedAddress()).isEqualTo(FROM);
    assertThat(sql.lines("SELECT actor_kind || ' ' || actor_name || ' ' || target FROM audit"))
        .contains("enrolment line 4 devices/pump-8");
  }

  @Test
  void moreThanTheKeyIsForAreRefusedHoweverManyAskAtOnce() throws Exception {
    String key = key(7, "", null);
    List<Future<Result>> asked = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        String id = "d" + i;
        asked.add(callers.submit(() -> enrol(key, id)));
      }
    }
    int enrolled = 0;
    for (Future<Result> one : asked) {
      if (one.get() instanceof Result.Enrolled) {
        enrolled++;
      } else {
        assertThat(one.get()).extracting("reason").isEqualTo(Reason.USED_UP);
      }
    }
    assertThat(enrolled).isEqualTo(7);
    assertThat(keys.list().getFirst().uses()).isEqualTo(7);
    assertThat(sql.number("SELECT count(*) FROM device")).isEqualTo(7);
    assertThat(sql.number("SELECT count(*) FROM device_token")).isEqualTo(7);
    assertThat(sql.number("SELECT count(*) FROM audit WHERE action = 'device.enrol'")).isEqualTo(7);
  }

  @Test
  void oneIdIsEnrolledOnceHoweverOftenItAsksAtOnce() throws Exception {
    String key = key(40, "", null);
    List<Future<Result>> asked = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        asked.add(callers.submit(() -> enrol(key, "same")));
      }
    }
    int enrolled = 0;
    for (Future<Result> one : asked) {
      enrolled += one.get() instanceof Result.Enrolled ? 1 : 0;
    }
    assertThat(enrolled).isEqualTo(EnrolmentStore.MOST_TOKENS);
    assertThat(keys.list().getFirst().uses()).isOne();
    assertThat(sql.number("SELECT count(*) FROM device_token WHERE revoked_at IS NULL")).isOne();
  }

  @Test
  void aLostAnswerIsAskedForAgainUntilTheDeviceHasConnected() {
    String key = key(1, "", null);
    Result.Enrolled lost = (Result.Enrolled) enrol(key, "pump-8");
    Result.Enrolled again = (Result.Enrolled) enrol(key, "pump-8");

    assertThat(again.token().id()).isNotEqualTo(lost.token().id());
    assertThat(sql.lines("SELECT revoked_cause FROM device_token WHERE revoked_at IS NOT NULL"))
        .isEqualTo("superseded\n");
    DATABASE.execute(
        "INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)"
            + " SELECT key, 1, 'online', now(), now(), 'n', 'a', 'g' FROM device");
    assertThat(reason(enrol(key, "pump-8"))).isEqualTo(Reason.EXISTS);
  }

  /** It may be opening its first session with the first token at this moment. */
  @Test
  void askingAgainEndsTheSessionOfTheFirstToken() {
    String key = key(1, "", null);
    Result.Enrolled first = (Result.Enrolled) enrol(key, "pump-8");
    assertThat(ended).isEmpty();
    enrol(key, "pump-8");
    assertThat(ended).containsExactly(first.token().id());
  }

  @Test
  void whatAnOperatorTookAwayIsNotToBeHadAgain() {
    String key = key(2, "", null);
    String token = ((Result.Enrolled) enrol(key, "pump-8")).token().id();
    int device = devices.find("pump-8").orElseThrow().device().key();
    new DeviceTokens(DATABASE.database(), new SecureRandom(), (_, _) -> {})
        .revoke(device, token, Actors.ANNA, NOW);
    assertThat(reason(enrol(key, "pump-8"))).isEqualTo(Reason.EXISTS);
    enrol(key, "pump-9");
    DATABASE.execute("UPDATE device SET enabled = false");
    assertThat(reason(enrol(key, "pump-9"))).isEqualTo(Reason.EXISTS);
  }

  @Test
  void askingAgainHasAnEnd() {
    String key = key(2, "", null);
    for (int i = 0; i < EnrolmentStore.MOST_TOKENS; i++) {
      assertThat(enrol(key, "pump-8")).isInstanceOf(Result.Enrolled.class);
    }
    assertThat(reason(enrol(key, "pump-8"))).isEqualTo(Reason.EXISTS);
    enrol(key, "pump-9");
    Instant later = NOW.plus(EnrolmentStore.REPEATED_FOR);
    assertThat(reason(enrolments.enrol(key, "pump-9", "pump-9", FROM, later)))
        .isEqualTo(Reason.EXISTS);
  }

  @Test
  void anIdThatExistsIsRefusedAndNothingIsCounted() {
    var _ = devices.create("pump-8", "Pump", Map.of(), Actors.ANNA, NOW).orElseThrow();
    String key = key(3, "", null);
    String other = key(3, "", null);
    enrol(other, "pump-9");

    assertThat(reason(enrol(key, "pump-8"))).isEqualTo(Reason.EXISTS);
    assertThat(reason(enrol(key, "pump-9"))).isEqualTo(Reason.EXISTS);
    assertThat(sql.number("SELECT sum(uses) FROM enrolment_key")).isOne();
  }

  @Test
  void keysHaveAnEndAndIdsOfTheirOwn() {
    String key = key(9, "pump-", NOW.plusSeconds(60));

    assertThat(reason(enrol(key, "valve-1"))).isEqualTo(Reason.WRONG_ID);
    assertThat(reason(enrolments.enrol(key, "pump-1", "pump-1", FROM, NOW.plusSeconds(60))))
        .isEqualTo(Reason.EXPIRED);
    assertThat(keys.revoke(keys.list().getFirst().id(), Actors.ANNA, NOW)).isTrue();
    assertThat(reason(enrol(key, "pump-1"))).isEqualTo(Reason.REVOKED);
    assertThat(keys.revoke("nothing", Actors.ANNA, NOW)).isFalse();
  }

  @Test
  void whatIsNoKeyOpensNothing() {
    String key = key(1, "", null);
    String stranger = Secret.random(Secret.Kind.ENROLMENT_KEY, new SecureRandom()).reveal();

    assertThat(reason(enrol(key.substring(1), "d"))).isEqualTo(Reason.MALFORMED);
    assertThat(reason(enrol(stranger, "d"))).isEqualTo(Reason.UNKNOWN);
    DATABASE.execute("UPDATE enrolment_key SET secret_hash = sha256('another')");
    assertThat(reason(enrol(key, "d"))).isEqualTo(Reason.UNKNOWN);
    assertThat(sql.number("SELECT count(*) FROM device")).isZero();
  }

  private String key(int uses, String prefix, @Nullable Instant expiresAt) {
    return keys.create(
            new EnrolmentKeyStore.Draft(
                "line 4", Map.of("site", "berlin"), prefix, uses, expiresAt),
            Actors.ANNA,
            NOW)
        .secret()
        .reveal();
  }

  private Result enrol(String key, String id) {
    return enrolments.enrol(key, id, id, FROM, NOW);
  }

  private static Reason reason(Result result) {
    return ((Result.Refused) result).reason();
  }
}
