package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.NatsServer;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Pem;
import io.mooring.e2e.harness.Stage;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** NATS carries hints: without it all goes on, slower where it crosses from one hub to another. */
@Tag("alone")
class NatsAwayIT {
  private static final String DEVICE = "pump-7";

  /** Less than the five seconds after which a hint that was lost is made good. */
  private static final int SOON = 3;

  /** As long as a caller may wait, on a busy machine. */
  private static final int LATER = 25;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void fromTheStartAndInBetween() {
    NatsServer nats = stage.nats(Guard.NONE);
    nats.kill();
    Cluster cluster = stage.cluster(2, nats, Map.of());
    Obeying device = device(cluster);
    allGoesOn(cluster, "none from the start");
    nats.restart();
    isBack(cluster, "since it came");
    nats.kill();
    allGoesOn(cluster, "none in between");
    nats.restart();
    isBack(cluster, "again");
    // It neither refuses nor answers.
    Runnable goOn = nats.freeze();
    allGoesOn(cluster, "frozen");
    goOn.run();
    isBack(cluster, "after the frost");
    assertThat(device.outages()).as("sessions lost").isEmpty();
    assertThat(device.executed()).doesNotHaveDuplicates();
  }

  /** Passwords are changed here before they are changed there, and the other way round. */
  @Test
  void asksForAPasswordOverTlsAndRefusesItForAWhile() {
    Pem server = Pem.make(stage.folder(), "nats");
    Pem client = Pem.make(stage.folder(), "hub");
    Guard tls = Guard.tls(server, client);
    Guard right = Guard.password("mooring", stage.secret("a-password-that-shows-up-nowhere"));
    Guard wrong = Guard.password("mooring", "another");
    NatsServer nats = stage.nats(right.and(tls));
    nats.ask(wrong.and(tls));
    Cluster cluster = stage.cluster(2, nats, Map.of());
    Obeying device = device(cluster);
    allGoesOn(cluster, "refused from the start");
    isSaid(cluster, 0);
    nats.askAsAtFirst();
    isBack(cluster, "since it is accepted");
    isSaid(cluster, 1);
    nats.ask(wrong.and(tls));
    allGoesOn(cluster, "refused in between");
    isSaid(cluster, 0);
    nats.askAsAtFirst();
    isBack(cluster, "accepted again");
    assertThat(device.outages()).as("sessions lost").isEmpty();
    assertThat(device.executed()).doesNotHaveDuplicates();
  }

  /** The metric tells it, and readiness tells what is wrong. */
  private static void isSaid(Cluster cluster, int up) {
    for (Node node : cluster.nodes()) {
      await(node.name() + " tells it")
          .atMost(Cluster.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(node.hub().api().metric("mooring_nats_up")).isEqualTo(up);
                assertThat(nats(node))
                    .matches(up == 1 ? "ok" : "NATS is away since .*: Authorization Violation");
              });
    }
  }

  private Obeying device(Cluster cluster) {
    String token = cluster.node(0).hub().device(DEVICE);
    int port = cluster.node(1).hub().port();
    return stage.keep(new Obeying(DEVICE, token, port)).awaitConnected();
  }

  /** Both are ready and say what is missing; commands pass, though not at once. */
  private static void allGoesOn(Cluster cluster, String what) {
    for (Node node : cluster.nodes()) {
      await(node.name() + " names what is away")
          .atMost(Cluster.PATIENCE)
          .until(() -> !nats(node).equals("ok"));
      assertThat(node.isReady()).isTrue();
    }
    succeeds(cluster.node(0), what + ", from the other", LATER);
    // Where the device is nothing has to cross.
    succeeds(cluster.node(1), what + ", from its own", SOON);
  }

  private static String nats(Node node) {
    return node.health().body().at("/checks/nats").asString("");
  }

  private static void isBack(Cluster cluster, String what) {
    await("commands cross at once: " + what)
        .atMost(Cluster.PATIENCE)
        .until(() -> nats(cluster.node(0)).equals("ok") && crosses(cluster, what));
    for (int n = 1; n <= 8; n++) {
      succeeds(cluster.node(0), what + " " + n, SOON);
    }
  }

  /** Whether hints arrive again: asked until they do, as it takes a moment to connect. */
  private static boolean crosses(Cluster cluster, String what) {
    long before = System.nanoTime();
    succeeds(cluster.node(0), what + " at " + before, LATER);
    return System.nanoTime() - before < 1_000_000_000L;
  }

  private static void succeeds(Node from, String what, int seconds) {
    Api.Answer answer =
        from.hub().api().command(DEVICE, "record", Map.of("n", what), "Prefer", "wait=" + seconds);
    assertThat(answer.text("state")).as("%s: %s", what, answer.body()).isEqualTo("succeeded");
  }
}
