package io.mooring.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One database, one hub: through kills, cuts and second hubs. */
class NodeLockTest {
  private static final String HOLDER =
      " FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'"
          + " AND l.granted AND a.datname = current_database()";

  private final TestDatabase database = TestDatabase.create();
  private final Sql sql = new Sql(database);
  private final CutProxy proxy = new CutProxy("127.0.0.1", database.port());
  private final Database through = database.through(proxy.port());

  @AfterEach
  void close() {
    through.close();
    proxy.close();
    database.close();
  }

  private NodeLock take(Database on, String node) {
    return NodeLock.take(on, node, new Random());
  }

  @Test
  void aSecondHubIsToldWhoHasTheDatabaseAndHowToMendIt() {
    try (NodeLock first = take(database.database(), "north")) {
      assertThat(first.problem()).isEmpty();
      assertThatThrownBy(() -> take(database.database(), "south"))
          .isInstanceOf(NodeLock.Taken.class)
          .hasMessageContainingAll(
              "node north at", "database.url", sql.text("SELECT a.pid" + HOLDER));
    }
    take(database.database(), "south").close();
    // The server ends a session a moment after its client has closed the connection.
    await().until(() -> sql.number("SELECT count(*)" + HOLDER) == 0);
  }

  /** As kill -9 leaves it: the connection ends without a word. */
  @Test
  void aHubThatIsGoneLeavesNoLockBehind() {
    try (NodeLock gone = take(through, "north")) {
      proxy.cut();
      try (NodeLock next = take(database.database(), "south")) {
        assertThat(next.problem()).isEmpty();
        assertThat(gone.problem()).isEmpty();
      }
    }
  }

  @Test
  void aLostConnectionIsReplacedAndTheLockTakenAgain() {
    try (NodeLock lock = take(database.database(), "north")) {
      long before = sql.number("SELECT a.pid" + HOLDER);
      database.execute("SELECT pg_terminate_backend(" + before + ")");
      await().until(() -> sql.number("SELECT coalesce(max(a.pid), 0)" + HOLDER) > 0);
      assertThat(sql.number("SELECT a.pid" + HOLDER)).isNotEqualTo(before);
      assertThat(lock.problem()).isEmpty();
    }
  }

  @Test
  void aHubThatHasLostTheDatabaseToAnotherSaysSo() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try (NodeLock first = take(through, "north")) {
      first.whenLost(told::countDown);
      proxy.cut();
      try (NodeLock _ = take(database.database(), "south")) {
        await().until(() -> through.reachability().isAway());
        assertThat(through.reachability().problem()).isPresent();
        proxy.restore();
        told.await();
        assertThat(first.problem()).get().asString().contains("node south at");
        assertThat(through.reachability().isAway()).isFalse();
      }
      // For good: what it held in memory is out of date.
      assertThat(first.problem()).isPresent();
    }
  }

  /** The server may take long to learn that a connection is dead, and it holds the lock so long. */
  @Test
  void aFormerConnectionOfTheSameHubIsEnded() throws Exception {
    try (NodeLock lock = take(database.database(), "north")) {
      String application = sql.text("SELECT a.application_name" + HOLDER);
      long pid = sql.number("SELECT a.pid" + HOLDER);
      try (Connection former = connect(application)) {
        Thread waits = Thread.ofVirtual().start(() -> wait(former));
        await().until(() -> sql.number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1);
        database.execute("SELECT pg_terminate_backend(" + pid + ")");
        waits.join();
        await().until(() -> !former.isValid(1));
      }
      await().until(() -> sql.number("SELECT count(*)" + HOLDER) == 1);
      assertThat(lock.problem()).isEmpty();
    }
  }

  private Connection connect(String application) throws SQLException {
    String url = database.url() + (database.url().contains("?") ? "&" : "?");
    return DriverManager.getConnection(
        url + "ApplicationName=" + application + "&user=postgres&password=postgres");
  }

  private static void wait(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + AdvisoryLock.KEY + ")");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
