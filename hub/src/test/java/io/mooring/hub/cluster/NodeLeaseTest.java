package io.mooring.hub.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.cluster.NodeStore.Run;
import io.mooring.hub.db.Database;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeLeaseTest {
  private static final Duration LENGTH = Duration.ofSeconds(10);

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Database database = DATABASE.database();
  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T10:00:00Z"));

  @BeforeEach
  void clear() {
    DATABASE.execute("TRUNCATE node");
  }

  private NodeLease lease(String name, long seed) {
    NodeLease lease = new NodeLease(database, name, LENGTH, new Random(seed), time);
    lease.begin("1.2.3", null);
    return lease;
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(DATABASE.url(), DATABASE.user(), DATABASE.password());
  }

  /** As if it had not been renewed for as long. */
  private static void age(String name, String by) {
    DATABASE.execute(
        "UPDATE node SET renewed_at = renewed_at - interval '"
            + by
            + "' WHERE name = '"
            + name
            + "'");
  }

  @Test
  void lastsAsLongAsItIsRenewed() throws SQLException {
    NodeLease lease = lease("a", 1);
    try (Connection probe = connect()) {
      for (int i = 0; i < 5; i++) {
        time.advance(Duration.ofSeconds(9));
        age("a", "9 seconds");
        assertThat(lease.over()).isEmpty();
        assertThat(lease.end(probe)).isEmpty();
      }
      assertThat(lease.store().lose()).isEmpty();
    }
  }

  /** An operator may have let it take devices again while it stood still. */
  @Test
  void staysDrainedInTheSameProcessAsTheTableHasIt() throws SQLException {
    NodeLease lease = lease("a", 1);
    DATABASE.execute("UPDATE node SET draining = true");
    NodeLease second = new NodeLease(database, "a", LENGTH, new Random(2), time);
    second.begin("1.2.3", lease);
    assertThat(sql.text("SELECT draining::text FROM node")).isEqualTo("true");
    try (Connection probe = connect()) {
      assertThat(second.end(probe)).isEmpty();
    }
    assertThat(second.isDraining()).isTrue();
    DATABASE.execute("UPDATE node SET draining = false");
    new NodeLease(database, "a", LENGTH, new Random(3), time).begin("1.2.3", second);
    assertThat(sql.text("SELECT draining::text FROM node")).isEqualTo("false");
    DATABASE.execute("UPDATE node SET draining = true");
    lease("a", 4);
    assertThat(sql.text("SELECT draining::text FROM node")).as("a new start").isEqualTo("false");
  }

  @Test
  void isOverHereBeforeItIsThere() throws SQLException {
    NodeLease lease = lease("a", 1);
    time.advance(LENGTH.plusMillis(1));
    assertThat(lease.over()).isPresent();
    assertThat(lease.leads()).isFalse();
  }

  /** Its own clock stood still with it, or whoever looked was late: the table decides. */
  @Test
  void isNotRenewedOnceItHasRunOut() throws SQLException {
    NodeLease lease = lease("a", 1);
    age("a", "11 seconds");
    try (Connection probe = connect()) {
      assertThat(lease.end(probe)).get().asString().contains("starts anew");
    }
  }

  @Test
  void aLostRunWritesNothingMore() throws SQLException {
    NodeLease lost = lease("a", 1);
    NodeLease other = lease("b", 2);
    Connection writer = lost.openWriter(database);
    assertThat(writer.isValid(1)).isTrue();
    age("a", "11 seconds");
    assertThat(other.store().lose()).containsExactly(new Run("a", lost.run()));
    other.store().endConnections(lost.run());
    assertThat(writer.isValid(1)).isFalse();
    assertThatThrownBy(() -> lost.openWriter(database)).isInstanceOf(SQLException.class);
    other.openWriter(database).close();
    assertThat(
            sql.lines("SELECT writer FROM writer_mark WHERE writer LIKE 'mooring-writer/%'")
                .lines())
        .containsExactly("mooring-writer/" + other.run());
  }

  @Test
  void theNextRunOfANameIsAnother() throws SQLException {
    NodeLease former = lease("a", 1);
    Connection writer = former.openWriter(database);
    NodeLease next = lease("a", 2);
    assertThat(writer.isValid(1)).isFalse();
    assertThatThrownBy(() -> former.openWriter(database)).isInstanceOf(SQLException.class);
    assertThat(
            database.<Optional<Instant>>transaction(
                c -> NodeStore.renewedBeforeLost(c, new Run("a", former.run()))))
        .as("nobody ends sessions for the run that is no more")
        .isEmpty();
    next.close();
    assertThat(next.store().list()).isEmpty();
  }

  @Test
  void oneLeadsUntilItsConnectionEnds() throws SQLException {
    NodeLease a = lease("a", 1);
    NodeLease b = lease("b", 2);
    Connection ofB = connect();
    try (Connection ofA = connect()) {
      for (int i = 0; i < 2; i++) {
        assertThat(a.end(ofA)).isEmpty();
        assertThat(b.end(ofB)).isEmpty();
      }
      assertThat(List.of(a.leads(), b.leads())).containsExactly(true, false);
    }
    await()
        .until(
            () -> {
              assertThat(b.end(ofB)).isEmpty();
              return b.leads();
            });
    ofB.close();
  }
}
