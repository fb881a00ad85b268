package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.Line.Tamper;
import io.mooring.e2e.harness.Line.Way;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What has been taken from a hub stays taken: by one that stands still and is woken, by all that
 * lose PostgreSQL in one moment, and by one that dies while it buries another.
 */
@Tag("alone")
class ClusterFencesIT {
  private static final String DEVICE = "pump-7";
  private static final int WINDOW = 8;
  private static final int WAITING = 12;

  /** Sessions that a hub leaves behind: it takes three turns to end them. */
  private static final int LEFT = 700;

  /** By which the test holds the second of these turns. */
  private static final int HELD = 77;

  private static final String HOLD_THE_SECOND_TURN =
      """
      CREATE FUNCTION wait_in_the_second_turn() RETURNS trigger LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF EXISTS (SELECT FROM presence WHERE agent = 'left' AND close_reason = NEW.close_reason) THEN
          PERFORM pg_advisory_xact_lock(%d);
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER wait_in_the_second_turn BEFORE UPDATE ON presence FOR EACH ROW
        WHEN (NEW.close_reason LIKE '%%was lost') EXECUTE FUNCTION wait_in_the_second_turn();
      """
          .formatted(HELD);

  private static final String IN_THE_SECOND_TURN =
      """
      SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.objid = %d AND NOT l.granted AND a.datname = current_database()
      """
          .formatted(HELD);

  @RegisterExtension final Stage stage = new Stage();

  private final List<String> sent = new ArrayList<>();
  private Cluster cluster;
  private Node a;
  private Node b;
  private Obeying device;

  /** The device is at node B, and comes back wherever a load balancer sends it. */
  @BeforeEach
  void start() {
    cluster =
        stage.cluster(
            3,
            stage.nats(Guard.NONE),
            Map.of(
                "MOORING_SESSION_HEARTBEAT_INTERVAL",
                "15s",
                "MOORING_LIMITS_COMMAND_WINDOW",
                Integer.toString(WINDOW)));
    a = cluster.node(0);
    b = cluster.node(1);
    AtomicInteger to = new AtomicInteger(b.hub().port());
    Line way = stage.keep(new Line(to::get, _ -> Tamper.NONE));
    device = stage.keep(new Obeying(DEVICE, a.hub().device(DEVICE), way.port())).awaitConnected();
    to.set(cluster.port());
    cluster.awaitPresence(DEVICE, "online");
  }

  /**
   * A hub is woken twelve seconds later, by the answers to all that it has sent: what comes next,
   * as far as it knows, has been cancelled elsewhere. Its device's connection has outlived the
   * pause.
   */
  @Test
  void wokenWithAFullWindow() {
    send(a, "wait");
    device.awaitBegun(1);
    for (int n = 1; n < WINDOW + WAITING; n++) {
      send(n % 2 == 0 ? a : b, "record");
    }
    awaitCount("SELECT count(*) FROM command WHERE state = 'received'", WINDOW);
    b.hub().process().pause();
    Cluster.awaitPresence(a, DEVICE, "offline");
    List<String> wanted = new ArrayList<>(payloads(0, WINDOW));
    for (int n = WINDOW; n < sent.size(); n++) {
      if (n % 3 == 0) {
        wanted.add(payload(n));
      } else {
        Api.Answer cancel = a.hub().api().post(path(n) + "/cancel", Map.of());
        assertThat(cancel.text("state")).as("%s", cancel.body()).isEqualTo("cancelled");
      }
    }
    device.letGo();
    await("all that it was sent is done")
        .atMost(Cluster.PATIENCE)
        .until(() -> device.executed().size() == WINDOW);
    awaitCount(
        "SELECT count(*) FROM node WHERE name = '"
            + b.name()
            + "' AND renewed_at < clock_timestamp() - interval '12 seconds'",
        1);
    assertThat(device.outages()).as("sessions lost before").isEmpty();

    b.hub().process().resume();
    b.awaitReady(true);
    awaitNoneOpen();
    assertThat(device.executed()).isEqualTo(wanted);
    for (int n = 0; n < sent.size(); n++) {
      Api.Answer command = b.hub().api().get(path(n));
      boolean isWanted = wanted.contains(payload(n));
      assertThat(command.text("state")).isEqualTo(isWanted ? "succeeded" : "cancelled");
      assertThat(command.body().path("attempts").asInt() > 0).isEqualTo(isWanted);
    }
    assertThat(device.outages()).as("sessions lost").hasSize(1);
    noOldEpoch();
  }

  @Test
  void allWithoutPostgresAndThenTheOneThatBuries() {
    allAreWithoutPostgres();
    theOneThatBuriesIsKilled();
  }

  /** In silence: neither side of any connection hears of its end, and what was sent comes late. */
  private void allAreWithoutPostgres() {
    OneSession stranded = stage.keep(new OneSession(a.hub().port(), a.hub().device("stranded"), 1));
    cluster.awaitPresence("stranded", "online");
    send(a, "wait");
    device.awaitBegun(1);
    for (int n = 1; n < 2 * WINDOW; n++) {
      send(cluster.node(n % 3), "record");
      device.measure();
    }
    device.letGo();
    // Before all is stored, so that there is something under way at each.
    List<Runnable> late = each(node -> node.postgres().hold(Set.of(Way.values())));
    List<Runnable> mend = each(node -> node.postgres().silence());
    device.measure();
    cluster.nodes().forEach(node -> node.awaitReady(false));
    stranded.awaitEnd();
    await("it is sent away")
        .atMost(Cluster.PATIENCE)
        .until(() -> !device.outages().isEmpty() || !device.isConnected());
    assertThat(a.hub().api().command(DEVICE, "record", Map.of("n", "not now")).status())
        .isEqualTo(503);
    // The old connections stay as they are; new ones pass.
    mend.forEach(Runnable::run);
    cluster.nodes().forEach(node -> node.awaitReady(true));
    cluster.awaitPresence(DEVICE, "online");
    awaitNoneOpen();
    late.forEach(Runnable::run);
    send(a, "record");
    awaitNoneOpen();
    assertThat(device.executed()).isEqualTo(payloads(0, sent.size()));
    device.checkStored(cluster.database());
    cluster.awaitPresence("stranded", "offline");
    cluster.awaitSessions(1);
    noOldEpoch();
  }

  /** Whoever is left does the rest, and tells nothing twice. */
  private void theOneThatBuriesIsKilled() {
    cluster.database().execute(HOLD_THE_SECOND_TURN);
    cluster
        .database()
        .execute(
            """
            INSERT INTO device (id, name, created_at, updated_at)
              SELECT 'left-' || n, 'left', now(), now() FROM generate_series(1, %d) n;
            INSERT INTO presence (device_key, epoch, state, since, last_seen_at, node, address, agent)
              SELECT key, 1, 'online', now(), now(), '%s', '127.0.0.1', 'left'
              FROM device WHERE name = 'left';
            INSERT INTO session (device_key, epoch, node, address, agent, opened_at)
              SELECT device_key, epoch, node, address, agent, since FROM presence WHERE agent = 'left';
            """
                .formatted(LEFT, b.name()));
    Stage.Kept held = cluster.database().hold("SELECT pg_advisory_lock(" + HELD + ")");
    b.hub().kill();
    List<Node> others = List.of(a, cluster.node(2));
    await("one is at its second turn")
        .atMost(Cluster.PATIENCE)
        .until(() -> !cluster.database().column(IN_THE_SECOND_TURN).isEmpty());
    int port = Integer.parseInt(cluster.database().column(IN_THE_SECOND_TURN).getFirst());
    Node burying =
        others.stream().filter(node -> node.postgres().comesFrom(port)).findFirst().orElseThrow();
    Node last = others.get(1 - others.indexOf(burying));
    burying.hub().kill();
    String offline =
        "SELECT count(*) FROM presence WHERE agent = 'left' AND state = 'offline'"
            + " AND close_reason = 'node "
            + b.name()
            + " was lost'";
    assertThat(count(offline)).as("of the first turn").isBetween(1, LEFT - 1);
    held.close();
    awaitCount(offline, LEFT);
    awaitCount("SELECT count(*) FROM node WHERE settled AND sessions = 0", 2);
    assertThat(
            count(
                "SELECT count(*) FROM session WHERE agent = 'left' AND closed_at IS NOT NULL"
                    + " AND close_reason = 'node "
                    + b.name()
                    + " was lost'"))
        .isEqualTo(LEFT);
    assertThat(
            cluster
                .database()
                .column(
                    "SELECT DISTINCT e.cause || ' ' || count(*) FROM event e JOIN device d ON d.key = e.device_key"
                        + " WHERE d.name = 'left' AND e.state = 'offline' GROUP BY d.key, e.cause"))
        .as("what is told of each of them")
        .singleElement()
        .asString()
        .endsWith("node " + b.name() + " was lost 1");
    Cluster.awaitPresence(last, DEVICE, "online");
    assertThat(cluster.nodeOf(DEVICE)).isEqualTo(last.name());
    noOldEpoch();
  }

  private List<Runnable> each(Function<Node, Runnable> done) {
    return cluster.nodes().stream().map(done).toList();
  }

  /** Nothing is told of a session once a newer one of its device has been told of. */
  private void noOldEpoch() {
    assertThat(
            cluster
                .database()
                .column(
                    """
                    SELECT id FROM (
                      SELECT id, epoch, max(epoch) OVER (PARTITION BY device_key ORDER BY id) AS newest
                      FROM event WHERE epoch IS NOT NULL) e
                    WHERE epoch < newest
                    """))
        .as("events of sessions that had been replaced")
        .isEmpty();
  }

  private void awaitNoneOpen() {
    awaitCount("SELECT count(*) FROM command WHERE state IN ('queued', 'sent', 'received')", 0);
  }

  private void awaitCount(String sql, int count) {
    await(sql).atMost(Cluster.PATIENCE).until(() -> count(sql) == count);
  }

  private int count(String sql) {
    return Integer.parseInt(cluster.database().column(sql).getFirst());
  }

  private void send(Node from, String name) {
    Api.Answer answer =
        from.hub().api().command(DEVICE, name, Map.of("n", Integer.toString(sent.size())));
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
    sent.add(answer.text("id"));
  }

  private String path(int n) {
    return "/api/v1/devices/" + DEVICE + "/commands/" + sent.get(n);
  }

  private static List<String> payloads(int from, int to) {
    List<String> payloads = new ArrayList<>();
    for (int n = from; n < to; n++) {
      payloads.add(payload(n));
    }
    return payloads;
  }

  private static String payload(int n) {
    return "{\"n\":\"" + n + "\"}";
  }
}
