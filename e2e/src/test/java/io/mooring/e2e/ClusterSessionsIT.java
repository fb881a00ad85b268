package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One session a device in the whole cluster, and whoever may end it does so from any hub. */
@Tag("alone")
class ClusterSessionsIT {
  /** Less than the five seconds after which a hint that was lost is made good. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private static final int REPLACED = 4206;
  private static final int TOKEN_REVOKED = 4400;
  private static final int DEVICE_DISABLED = 4401;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theNewestIsTheOnlyOne() {
    Cluster cluster = stage.cluster(2, stage.nats(Guard.NONE), Map.of());
    Hub a = cluster.node(0).hub();
    Hub b = cluster.node(1).hub();
    endedFromTheOtherHub(a, b);
    movesFromHubToHub(cluster);
    drained(cluster);
    clonesAreFound(cluster);
  }

  private void endedFromTheOtherHub(Hub a, Hub b) {
    Api.Answer token = token(a, "revoked");
    OneSession revoked = open(b, token.text("token"));
    OneSession disabled = open(b, a.device("disabled"));
    OneSession deleted = open(b, a.device("deleted"));

    assertThat(a.api().delete("/api/v1/devices/revoked/tokens/" + token.text("id")).status())
        .isEqualTo(204);
    assertThat(revoked.awaitEnd(AT_ONCE)).isEqualTo(TOKEN_REVOKED);
    assertThat(a.api().patch("/api/v1/devices/disabled", Map.of("enabled", false)).status())
        .isEqualTo(200);
    assertThat(disabled.awaitEnd(AT_ONCE)).isEqualTo(DEVICE_DISABLED);
    assertThat(a.api().delete("/api/v1/devices/deleted").status()).isEqualTo(204);
    assertThat(deleted.awaitEnd(AT_ONCE)).isEqualTo(TOKEN_REVOKED);
  }

  private void movesFromHubToHub(Cluster cluster) {
    Hub a = cluster.node(0).hub();
    Hub b = cluster.node(1).hub();
    String token = a.device("moving");
    OneSession first = open(a, token);
    cluster.awaitPresence("moving", "online");
    OneSession second = open(b, token);
    assertThat(first.awaitEnd(AT_ONCE)).isEqualTo(REPLACED);
    OneSession third = open(a, token);
    assertThat(second.awaitEnd(AT_ONCE)).isEqualTo(REPLACED);
    cluster.awaitPresence("moving", "online");
    cluster.awaitSessions(1);
    third.assertThatItLives();
    assertThat(b.api().presence("moving").path("epoch").asInt()).isEqualTo(3);
    assertThat(cluster.nodeOf("moving")).isEqualTo(cluster.node(0).name());
    third.close();
    cluster.awaitPresence("moving", "offline");
  }

  /** Two that share a token, each of which always comes to the same hub. */
  private void clonesAreFound(Cluster cluster) {
    Hub a = cluster.node(0).hub();
    Hub b = cluster.node(1).hub();
    String token = a.device("cloned");
    OneSession before = stage.keep(new OneSession(a.port(), token, 1));
    for (int turn = 1; turn < 8; turn++) {
      // Each comes back once it has been replaced, as devices do.
      int device = turn % 2;
      OneSession next = stage.keep(new OneSession((device == 0 ? a : b).port(), token, 1 + device));
      assertThat(before.awaitEnd(AT_ONCE)).isEqualTo(REPLACED);
      before = next;
    }
    await("it is told that two share a token")
        .atMost(Cluster.PATIENCE)
        .until(
            () ->
                cluster
                    .database()
                    .column("SELECT cause FROM event WHERE type = 'presence' AND state = 'online'")
                    .stream()
                    .anyMatch(cause -> cause.contains("seem to use its token")));
  }

  /** A hub that is drained sends its devices away and takes none, until it is told otherwise. */
  private void drained(Cluster cluster) {
    Cluster.Node a = cluster.node(0);
    Hub b = cluster.node(1).hub();
    Obeying device =
        stage.keep(new Obeying("leaving", b.device("leaving"), cluster.port())).awaitConnected();
    // One of the two has it now; the other one after this.
    assertThat(b.api().post("/api/v1/nodes/" + a.name() + "/drain", Map.of()).status())
        .isEqualTo(200);
    a.awaitReady(false);
    await("it is at the other hub")
        .atMost(Cluster.PATIENCE)
        .until(() -> device.isConnected() && !cluster.nodeOf("leaving").equals(a.name()));
    await("nobody is left")
        .atMost(Cluster.PATIENCE)
        .until(() -> a.hub().api().metric("mooring_sessions") == 0);
    assertThat(stage.cli("list", b.access(), "node", "list").out())
        .containsPattern(a.name() + ".*draining");
    assertThat(stage.cli("resume", b.access(), "node", "resume", a.name()).code()).isZero();
    a.awaitReady(true);
    open(a.hub(), b.device("welcome")).assertThatItLives();
  }

  private Api.Answer token(Hub hub, String device) {
    hub.device(device);
    Api.Answer token = hub.api().token(device);
    stage.secret(token.text("token"));
    return token;
  }

  private OneSession open(Hub hub, String token) {
    return stage.keep(new OneSession(hub.port(), token, 1));
  }
}
