package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import io.mooring.protocol.v1.HubFrame;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Suspect after 37.5 s, offline after 75 s, by received frames and injected ticks alone. */
class LivenessTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));
  private final FakeSender sender = new FakeSender();
  private DataPath path;
  private Liveness liveness;
  private DeviceSession session;

  @BeforeEach
  void start() {
    DATABASE.execute("TRUNCATE device, command, event, session RESTART IDENTITY CASCADE");
    path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);
    DataPaths.sweepNoMore(path);
    liveness =
        new Liveness(path.sessions().registry(), DataPaths.config(Limits.DEFAULTS), time, time);
    int key = sql.device("d1");
    session = path.sessions().begin(new Sessions.Identity(key, "d1", "td1"), sender);
  }

  @AfterEach
  void stop() {
    path.close();
  }

  private void open() {
    session.on(new Inbound.Hello("test", List.of()));
    await().until(sender::isWelcome);
  }

  /** As the hub does, it looks every two seconds at least. */
  private void pass(String seconds) {
    Duration left = Duration.parse("PT" + seconds + "S");
    while (left.compareTo(LOOK) > 0) {
      time.advance(LOOK);
      liveness.sweep();
      left = left.minus(LOOK);
    }
    time.advance(left);
    liveness.sweep();
  }

  /** The hub stands still, as when its machine is frozen. */
  private void freeze(String seconds) {
    time.advance(Duration.parse("PT" + seconds + "S"));
    liveness.sweep();
  }

  private void awaitState(String state, String since, String seen) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        sql.text(
                            "SELECT state || ' ' || to_char(since AT TIME ZONE 'UTC', 'MI:SS.MS') || ' '"
                                + " || to_char(last_seen_at AT TIME ZONE 'UTC', 'MI:SS.MS') FROM presence"))
                    .isEqualTo(state + " " + since + " " + seen));
  }

  @Test
  void aSilentDeviceIsSuspectThenOnlineAgainThenOffline() {
    open();
    pass("37.5");
    awaitState("online", "00:00.000", "00:00.000");
    pass("0.1");
    awaitState("suspect", "00:37.600", "00:00.000");
    time.advance(Duration.ofSeconds(2));
    session.on(new Inbound.Heartbeat(1, 0, 0));
    pass("1");
    awaitState("online", "00:40.600", "00:39.600");
    pass("75");
    assertThat(sender.closed).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
    awaitState("offline", "01:55.600", "00:39.600");
    assertThat(sql.number("SELECT close_code FROM session")).isEqualTo(4202);
    assertThat(sql.text("SELECT string_agg(state, ' ' ORDER BY id) FROM event"))
        .isEqualTo("online suspect online suspect offline");
  }

  /** What devices sent meanwhile lies in their sockets; and a silent one stays silent. */
  @Test
  void aHubThatStoodStillTakesNoSilenceForTheDevices() {
    open();
    pass("30");
    freeze("60");
    freeze("4");
    awaitState("online", "00:00.000", "00:00.000");
    pass("7.5");
    assertThat(sql.number("SELECT count(*) FROM event")).isEqualTo(1);
    pass("0.1");
    awaitState("suspect", "01:41.600", "00:00.000");
    session.on(new Inbound.Heartbeat(1, 0, 0));
    pass("75");
    assertThat(sender.closed).isNull();
    pass("0.1");
    assertThat(sender.closed).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
  }

  /** A device heard after the hub woke and before it looked owes nothing, and is given nothing. */
  @Test
  void whoWasHeardSinceIsGivenNothing() {
    open();
    time.advance(Duration.ofSeconds(60));
    session.on(new Inbound.Heartbeat(1, 0, 0));
    freeze("0");
    pass("75.1");
    assertThat(sender.closed).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
  }

  /** A device that only keeps its heartbeats is written of every few minutes. */
  @Test
  void aHubThatIsKilledLeavesBehindWhenADeviceWasHeard() {
    open();
    for (int i = 0; i < 29; i++) {
      time.advance(Duration.ofSeconds(10));
      session.on(new Inbound.Heartbeat(1, 0, 0));
      pass("0");
    }
    path.writer().flushed().join();
    awaitState("online", "00:00.000", "00:00.000");
    for (int i = 0; i < 8; i++) {
      time.advance(Duration.ofSeconds(10));
      session.on(new Inbound.Heartbeat(1, 0, 0));
      pass("0");
    }
    awaitState("online", "00:00.000", "05:40.000");
  }

  /** The state a device comes back from decides what "online since" says. */
  @Test
  void aDeviceThatReturnsWhileSuspectIsOnlineSinceThen() {
    open();
    pass("40");
    awaitState("suspect", "00:38.000", "00:00.000");
    time.advance(Duration.ofSeconds(3));
    FakeSender again = new FakeSender();
    path.sessions()
        .begin(new Sessions.Identity(session.deviceKey(), "d1", "td1"), again)
        .on(new Inbound.Hello("test", List.of()));
    await().until(again::isWelcome);
    awaitState("online", "00:43.000", "00:43.000");
    time.advance(Duration.ofSeconds(5));
    FakeSender third = new FakeSender();
    path.sessions()
        .begin(new Sessions.Identity(session.deviceKey(), "d1", "td1"), third)
        .on(new Inbound.Hello("test", List.of()));
    await().until(third::isWelcome);
    awaitState("online", "00:43.000", "00:48.000");
  }

  @Test
  void aSessionEndsWithItsToken() {
    FakeSender expiring = new FakeSender();
    Instant expiresAt = time.instant().plusSeconds(20);
    int key = session.deviceKey();
    DeviceSession own =
        path.sessions().begin(new Sessions.Identity(key, "d1", "td1", expiresAt, false), expiring);
    own.on(new Inbound.Hello("test", List.of()));
    await().until(expiring::isWelcome);
    pass("19.9");
    assertThat(expiring.closed).isNull();
    pass("0.1");
    assertThat(expiring.closed).isEqualTo(CloseReason.TOKEN_REVOKED);
    await()
        .untilAsserted(
            () -> assertThat(sql.number("SELECT max(close_code) FROM session")).isEqualTo(4400));
    assertThat(path.sessions().registry().of(key)).isEmpty();
  }

  /** It expired after the handshake and before Hello. */
  @Test
  void aTokenThatHasExpiredOpensNoSession() {
    DATABASE.execute("UPDATE device_token SET expires_at = '2026-11-22T12:00:05Z'");
    time.advance(Duration.ofSeconds(5));
    session.on(new Inbound.Hello("test", List.of()));
    await().until(() -> sender.closed != null);
    assertThat(sender.closed).isEqualTo(CloseReason.TOKEN_REVOKED);
    assertThat(sql.number("SELECT count(*) FROM session")).isZero();
  }

  /** Revoking ends the session before it returns: nobody polls for it. */
  @Test
  void aRevokedTokenEndsItsLiveSessionAtOnceAndNoOther() {
    open();
    DATABASE.execute(
        "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
            + " VALUES ('other', 1, '', sha256('x'), now(), now())");
    SessionRegistry registry = path.sessions().registry();
    DeviceTokens tokens =
        new DeviceTokens(
            DATABASE.database(),
            new SecureRandom(),
            (device, token) -> registry.end(device, token, CloseReason.TOKEN_REVOKED));
    tokens.revoke(session.deviceKey(), "other", Actors.ANNA, time.instant());
    assertThat(sender.closed).isNull();
    tokens.revoke(session.deviceKey(), "td1", Actors.ANNA, time.instant());
    assertThat(sender.closed).isEqualTo(CloseReason.TOKEN_REVOKED);
    assertThat(registry.size()).isZero();
  }

  @Test
  void noHelloInTimeEndsTheSocket() {
    pass("10");
    assertThat(sender.closed).isNull();
    pass("0.1");
    assertThat(sender.closed).isEqualTo(CloseReason.HELLO_TIMEOUT);
  }

  /** Sweeps come every second or so, never exactly: each interval must be noticed all the same. */
  @Test
  void aDeviceThatTheHubDoesNotReadNeverTimesOutAndHearsOnceAnInterval() {
    open();
    session.line().held();
    for (int i = 0; i < 158; i++) {
      pass("1.9");
    }
    assertThat(sender.closed).isNull();
    assertThat(sender.count(HubFrame.BodyCase.HEARTBEAT_REPLY)).isBetween(9L, 10L);
    assertThat(sender.sent.getLast().getHeartbeatReply().getDeviceTimeUs()).isZero();
    session.resume();
    assertThat(sender.resumed).hasValue(1);
    pass("37");
    awaitState("online", "00:00.000", "00:00.000");
    pass("39");
    assertThat(sender.closed).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
  }
}
