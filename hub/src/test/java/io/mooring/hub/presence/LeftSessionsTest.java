package io.mooring.hub.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.cluster.LoneNodeStore;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.NodeStore.Run;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.presence.PresenceStore.Left;
import io.mooring.hub.presence.PresenceStore.Slice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sessions that a dead hub has left ended with it, not when its death was found out. */
class LeftSessionsTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant FOUND = Instant.parse("2026-11-22T06:00:00Z");

  private final Sql sql = new Sql(DATABASE);
  private final PresenceStore store = new PresenceStore(DATABASE.database(), new EventStore("n"));

  /** Opened at eight in the evening, and heard last at ten. */
  @BeforeEach
  void session() {
    DATABASE.execute("TRUNCATE device, command, event, session, node RESTART IDENTITY CASCADE");
    sql.device("d1");
    DATABASE.execute(
        "INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)"
            + " VALUES (1, 1, 'suspect', '2026-11-21T20:00:00Z', '2026-11-21T22:00:00Z', 'n', '', '')",
        "INSERT INTO session (device_key, epoch, node, address, agent, opened_at)"
            + " VALUES (1, 1, 'n', '', '', '2026-11-21T20:00:00Z')");
  }

  private String closed() {
    return sql.text("SELECT to_char(closed_at AT TIME ZONE 'UTC', 'DD HH24:MI') FROM session");
  }

  private static void lastAlive(String at) {
    DATABASE.execute("UPDATE node SET renewed_at = '" + at + "'");
  }

  private LoneNodeStore alone(int seed) {
    return new LoneNodeStore(DATABASE.database(), "n", "1.2.3", new Random(seed));
  }

  @Test
  void ofAHubThatWasAlone() {
    alone(1).alive();
    lastAlive("2026-11-21T23:00:00Z");
    assertThat(store.endLeftSessions(FOUND)).isEqualTo(1);
    assertThat(closed()).isEqualTo("21 23:00");
    assertThat(
            sql.number(
                "SELECT count(*) FROM event WHERE state = 'offline' AND at = '" + FOUND + "'"))
        .isEqualTo(1);
  }

  /** Else jobs of theirs would wait for them for ever. */
  @Test
  void whoIsAloneKnowsOfNoOthers() {
    lease("m", 1);
    store.endLeftSessions(FOUND);
    assertThat(sql.number("SELECT count(*) FROM node")).isZero();
  }

  @Test
  void ofAHubOfWhichOnlyItsDevicesTell() {
    assertThat(store.endLeftSessions(FOUND)).isEqualTo(1);
    assertThat(closed()).isEqualTo("21 22:00");
  }

  @Test
  void notLaterThanTheyWereFoundHoweverTheServersClockGoes() {
    alone(1).alive();
    lastAlive("2026-11-22T07:00:00Z");
    store.endLeftSessions(FOUND);
    assertThat(closed()).isEqualTo("22 06:00");
  }

  @Test
  void ofANodeThatIsBack() {
    NodeLease former = lease(1);
    lastAlive("2026-11-21T23:00:00Z");
    NodeLease back = lease(2);
    assertThat(former.formerAlive()).isNull();
    assertThat(end(new Left("n", "c", null, back.formerAlive()))).isEqualTo(1);
    assertThat(closed()).isEqualTo("21 23:00");
  }

  @Test
  void ofANodeThatOthersFindLost() {
    NodeLease lost = lease(1);
    lastAlive("2026-11-21T23:00:00Z");
    List<Run> runs = lost.store().lose();
    assertThat(end(new Left("n", "c", runs.getFirst(), null))).isEqualTo(1);
    assertThat(closed()).isEqualTo("21 23:00");
  }

  /** Hubs begin to share the database, and the one that was alone does not come back. */
  @Test
  void ofAHubThatWasAloneWhenOthersFindItLost() {
    alone(1).alive();
    lastAlive("2026-11-21T23:00:00Z");
    List<Run> runs = lease("m", 2).store().lose();
    assertThat(end(new Left("n", "c", runs.getFirst(), null))).isEqualTo(1);
    assertThat(closed()).isEqualTo("21 23:00");
  }

  @Test
  void aHubThatEndsInOrderLeavesNoRowAndThatOfAnotherAlone() {
    LoneNodeStore older = alone(1);
    LoneNodeStore newer = alone(2);
    older.alive();
    newer.alive();
    older.end();
    assertThat(sql.number("SELECT count(*) FROM node")).isEqualTo(1);
    newer.end();
    assertThat(sql.number("SELECT count(*) FROM node")).isZero();
  }

  private int end(Left left) {
    Slice slice = store.endSessionsOf(left, FOUND, (_, _) -> {});
    return slice.sessions();
  }

  private static NodeLease lease(int seed) {
    return lease("n", seed);
  }

  private static NodeLease lease(String name, int seed) {
    NodeLease lease =
        new NodeLease(
            DATABASE.database(), name, Duration.ofSeconds(5), new Random(seed), System::nanoTime);
    lease.begin("1.2.3", null);
    return lease;
  }
}
