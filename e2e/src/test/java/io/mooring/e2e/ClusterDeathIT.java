package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node is killed, paused, or cut off from PostgreSQL, from NATS or from both. Its devices go on
 * elsewhere, those that do not are offline, commands are carried out once, and the node itself does
 * no harm when it comes back.
 */
@Tag("alone")
class ClusterDeathIT {
  /** Comes back wherever a load balancer sends it. */
  private static final String ROAMING = "roaming";

  /** Never comes back. */
  private static final String STRANDED = "stranded";

  private static final int QUEUED = 5;

  /** Beyond the lease, for a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  @RegisterExtension final Stage stage = new Stage();

  private Cluster cluster;
  private Node a;
  private Node b;
  private Node c;
  private String strandedToken;
  private OneSession stranded;
  private Obeying roaming;

  /** Both devices are at node B, which is the one to suffer. */
  @BeforeEach
  void start() {
    cluster = stage.cluster(3, stage.nats(Guard.NONE), Map.of());
    a = cluster.node(0);
    b = cluster.node(1);
    c = cluster.node(2);
    AtomicInteger to = new AtomicInteger(b.hub().port());
    Line way = stage.keep(new Line(to::get, _ -> Line.Tamper.NONE));
    String token = a.hub().device(ROAMING);
    roaming = stage.keep(new Obeying(ROAMING, token, way.port())).awaitConnected();
    to.set(cluster.port());
    strandedToken = a.hub().device(STRANDED);
    stranded = stage.keep(new OneSession(b.hub().port(), strandedToken, 1));
    cluster.awaitPresence(STRANDED, "online");
    cluster.awaitPresence(ROAMING, "online");
  }

  @Test
  void killed() {
    List<Obeying> crew = new ArrayList<>();
    String job = jobUnderWay(b, crew);
    List<String> commands = inFlight(a);
    String lonely = send(a, STRANDED, "record", "lonely");
    b.hub().kill();

    isLost(b, List.of(a, c));
    strandedIsOffline(List.of(a, c));
    assertThat(
            cluster
                .database()
                .column(
                    "SELECT cause FROM event e JOIN device d ON d.key = e.device_key"
                        + " WHERE d.id = ? AND e.type = 'presence' AND e.state = 'offline'",
                    STRANDED))
        .singleElement()
        .asString()
        .contains(b.name());
    awaitState(c, STRANDED, lonely, "queued");
    goesOnElsewhere(commands, c);
    crew.forEach(Obeying::letGo);
    await("another node goes on with the job")
        .atMost(Cluster.PATIENCE)
        .until(() -> a.hub().api().get(job).text("state").equals("completed"));
    assertThat(crew).allSatisfy(one -> assertThat(one.executed()).hasSize(1));

    b.hub().restart();
    b.awaitReady(true);
    isThere(b, a);
    allIsTrue(1 + crew.size());
  }

  @Test
  void pausedForLongerThanItsLease() {
    List<String> commands = inFlight(a);
    b.hub().process().pause();
    isLost(b, List.of(a, c));
    strandedIsOffline(List.of(a, c));
    goesOnElsewhere(commands, c);
    int epoch = a.hub().api().presence(ROAMING).path("epoch").asInt();

    b.hub().process().resume();
    stranded.awaitEnd();
    b.awaitReady(true);
    isThere(b, c);
    strandedIsOffline(cluster.nodes());
    allIsTrue(1);
    assertThat(a.hub().api().presence(ROAMING).path("epoch").asInt()).isEqualTo(epoch);
    assertThat(roaming.outages()).as("sessions lost").hasSize(1);
  }

  @Test
  void cutOffFromPostgres() {
    List<String> commands = inFlight(a);
    Runnable mend = b.postgres().refuse();
    stepsDown(commands);
    mend.run();
    comesBack();
  }

  /** Nothing is refused, and nothing answers. What it has sent before arrives when it is over. */
  @Test
  void cutOffFromPostgresAndNatsInSilence() {
    List<String> commands = inFlight(a);
    Runnable mendNats = b.nats().silence();
    Runnable mendPostgres = b.postgres().silence();
    long cutAt = System.nanoTime();
    // Neither can know of the other, and both are the same device.
    OneSession twin = stage.keep(new OneSession(c.hub().port(), strandedToken, 1));
    stranded.awaitEnd(Cluster.LEASE.plus(SLACK).minusNanos(System.nanoTime() - cutAt));
    roaming.awaitConnected();
    b.awaitReady(false);
    isLost(b, List.of(a, c));
    goesOnElsewhere(commands, c);
    mendPostgres.run();
    mendNats.run();
    b.awaitReady(true);
    isThere(b, a);
    allIsTrue(2);
    twin.assertThatItLives();
    cluster.awaitPresence(STRANDED, "online");
    assertThat(cluster.nodeOf(STRANDED)).isEqualTo(c.name());
  }

  @Test
  void cutOffFromNats() {
    Runnable mend = b.nats().refuse();
    List<String> commands = inFlight(a);
    Obeying other =
        stage.keep(new Obeying("other", a.hub().device("other"), c.hub().port())).awaitConnected();
    String across = send(b, "other", "record", "from the one that hears nothing");
    awaitState(a, "other", across, "succeeded");
    roaming.letGo();
    for (String command : commands) {
      awaitState(b, ROAMING, command, "succeeded");
    }
    assertThat(b.isReady()).isTrue();
    stranded.assertThatItLives();
    assertThat(roaming.outages()).isEmpty();
    assertThat(other.executed()).hasSize(1);
    mend.run();
    allIsTrue(3);
  }

  /** A node without its database sends everybody away, as it must not go on with old epochs. */
  private void stepsDown(List<String> commands) {
    b.awaitReady(false);
    stranded.awaitEnd();
    isLost(b, List.of(a, c));
    strandedIsOffline(List.of(a, c));
    goesOnElsewhere(commands, c);
  }

  private void comesBack() {
    b.awaitReady(true);
    isThere(b, a);
    strandedIsOffline(cluster.nodes());
    allIsTrue(1);
  }

  /** A job of that node, with half of its devices at work and half of them waiting. */
  private String jobUnderWay(Node owner, List<Obeying> crew) {
    List<String> ids = new ArrayList<>();
    for (int n = 1; n <= 4; n++) {
      String id = "crew-" + n;
      ids.add(id);
      crew.add(stage.keep(new Obeying(id, a.hub().device(id), c.hub().port())));
    }
    crew.forEach(Obeying::awaitConnected);
    Api.Answer job =
        owner
            .hub()
            .api()
            .post(
                "/api/v1/jobs",
                Map.of(
                    "command", Map.of("name", "wait", "payload", Map.of("n", "job")),
                    "target", Map.of("devices", ids),
                    "rollout", Map.of("waveSize", 2, "maxInFlight", 2)));
    assertThat(job.status()).as("%s", job.body()).isEqualTo(201);
    await("the first wave is at work")
        .atMost(Cluster.PATIENCE)
        .until(() -> crew.stream().filter(Obeying::isAtWork).count() == 2);
    return "/api/v1/jobs/" + job.text("id");
  }

  /** Commands for the roaming device: it is at work on the first, and has the others. */
  private List<String> inFlight(Node from) {
    List<String> commands = new ArrayList<>();
    commands.add(send(from, ROAMING, "wait", "0"));
    roaming.awaitBegun(1);
    for (int n = 1; n <= QUEUED; n++) {
      commands.add(send(n % 2 == 0 ? from : c, ROAMING, "record", Integer.toString(n)));
      roaming.measure();
    }
    return commands;
  }

  /** With a newer session, at a node that lives; nothing is lost, and nothing is done twice. */
  private void goesOnElsewhere(List<String> commands, Node asked) {
    await(ROAMING + " is elsewhere")
        .atMost(Cluster.PATIENCE)
        .until(() -> roaming.isConnected() && !cluster.nodeOf(ROAMING).equals(b.name()));
    roaming.measure();
    roaming.letGo();
    for (String command : commands) {
      awaitState(asked, ROAMING, command, "succeeded");
    }
    List<String> wanted = new ArrayList<>();
    for (int n = 0; n <= QUEUED; n++) {
      wanted.add("{\"n\":\"" + n + "\"}");
    }
    assertThat(roaming.executed()).isEqualTo(wanted);
    roaming.checkStored(cluster.database());
  }

  private static void isLost(Node node, List<Node> others) {
    others.forEach(other -> awaitListed(other, node, "lost"));
  }

  private static void isThere(Node node, Node other) {
    awaitListed(other, node, "up");
  }

  private static void awaitListed(Node asked, Node node, String state) {
    await(asked.name() + " says that " + node.name() + " is " + state)
        .atMost(Cluster.PATIENCE)
        .until(
            () -> {
              for (var item : asked.hub().api().get("/api/v1/nodes").body().path("items")) {
                if (item.path("name").asString("").equals(node.name())) {
                  return item.path("state").asString("").equals(state);
                }
              }
              return false;
            });
  }

  private static void strandedIsOffline(List<Node> nodes) {
    nodes.forEach(node -> Cluster.awaitPresence(node, STRANDED, "offline"));
  }

  /** What is said of devices is so, everywhere, and no node believes in a session that is not. */
  private void allIsTrue(int sessions) {
    cluster.awaitSessions(sessions);
    cluster.awaitPresence(ROAMING, "online");
    assertThat(roaming.isConnected()).isTrue();
    assertThat(cluster.database().column("SELECT count(*) FROM session WHERE closed_at IS NULL"))
        .as("sessions that never ended")
        .containsExactly(Integer.toString(sessions));
  }

  private static String send(Node from, String device, String name, String what) {
    Api.Answer answer = from.hub().api().command(device, name, Map.of("n", what));
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
    return answer.text("id");
  }

  private static void awaitState(Node asked, String device, String command, String state) {
    String path = "/api/v1/devices/" + device + "/commands/" + command;
    await(command + " of " + device + " has " + state)
        .atMost(Cluster.PATIENCE)
        .until(() -> asked.hub().api().get(path).text("state").equals(state));
  }
}
