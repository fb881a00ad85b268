package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Cluster.Node;
import io.mooring.e2e.harness.Feed;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Proxy;
import io.mooring.e2e.harness.RawSocket;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The load balancers' configurations in deploy/, run by HAProxy and nginx in front of two hubs. */
class DeployIT {
  private static final String PROXIES = "127.0.0.1";

  /** Any other address of this machine. */
  private static final String CLIENT = "127.0.0.2";

  private static final String FORGED = "203.0.113.9";

  /** A load balancer, and who comes through it. */
  private record Way(String name, Proxy proxy, Obeying device, Feed feed) {}

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theLoadBalancersDoWhatTheyAreThereFor() throws IOException {
    Cluster cluster =
        stage.cluster(
            2,
            stage.nats(Guard.NONE),
            Map.of("MOORING_HTTP_TRUSTED_PROXIES", PROXIES, "MOORING_HTTP_PROXY_PROTOCOL", "on"));
    List<Way> ways =
        List.of(
            way(cluster, "haproxy", Proxy.haproxy(stage, cluster, "haproxy.cfg")),
            way(cluster, "haproxy-tcp", Proxy.haproxy(stage, cluster, "haproxy-tcp.cfg")),
            way(cluster, "nginx", Proxy.nginx(stage, cluster, "nginx.conf")));
    ways.forEach(way -> way.device().awaitConnected());

    for (Way way : ways) {
      clientsKeepTheirAddress(cluster, way);
      if (!way.name().equals("haproxy-tcp")) {
        assertThat(way.proxy().api().get("/metrics").status()).as("%s", way).isEqualTo(403);
      }
    }
    await("heartbeats are enough for longer than the time-out for silence")
        .during(Proxy.IDLE.plusSeconds(1))
        .atMost(Cluster.PATIENCE)
        .until(() -> ways.stream().allMatch(way -> way.device().isConnected()));
    assertThat(ways).allSatisfy(way -> assertThat(way.device().outages()).isEmpty());
    aHubIsDrained(cluster, ways);
    cluster.node(1).hub().kill();
    for (Way way : ways) {
      // Some callers meet the hub that has gone; whoever asks again does not.
      await("commands pass " + way.name())
          .atMost(Cluster.PATIENCE)
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .until(() -> passes(way));
      await("events pass " + way.name())
          .atMost(Cluster.PATIENCE)
          .until(
              () ->
                  way.feed().events().stream()
                      .anyMatch(event -> event.path("state").asString("").equals("succeeded")));
    }
  }

  private Way way(Cluster cluster, String name, Proxy proxy) {
    String token = cluster.node(0).hub().device(name);
    Obeying device = stage.keep(new Obeying(name, token, proxy.port()));
    return new Way(name, proxy, device, proxy.feed("?device=" + name));
  }

  /** Whoever comes is known by the address that he has, not by one that he tells. */
  private static void clientsKeepTheirAddress(Cluster cluster, Way way) throws IOException {
    String id = "guest-of-" + way.name();
    String token = cluster.node(0).hub().device(id);
    OneSession session =
        new OneSession(RawSocket.openForged(CLIENT, FORGED, way.proxy().port(), token), 1);
    cluster.awaitPresence(id, "online");
    assertThat(cluster.node(0).hub().api().presence(id).path("address").asString(""))
        .as("the address of who comes by %s", way.name())
        .isEqualTo(CLIENT);
    session.close();
  }

  /** Its devices go to the other one, and none comes back to it. */
  private static void aHubIsDrained(Cluster cluster, List<Way> ways) {
    Node drained = cluster.node(0);
    String path = "/api/v1/nodes/" + drained.name();
    Api other = cluster.node(1).hub().api();
    assertThat(other.post(path + "/drain", Map.of()).status()).isEqualTo(200);
    await("all devices are at the other hub")
        .atMost(Cluster.PATIENCE)
        .until(
            () ->
                ways.stream()
                    .map(Way::device)
                    .allMatch(
                        device ->
                            device.isConnected()
                                && cluster.nodeOf(device.id()).equals(cluster.node(1).name())));
    assertThat(other.post(path + "/resume", Map.of()).status()).isEqualTo(200);
    drained.awaitReady(true);
  }

  private static boolean passes(Way way) {
    Api.Answer answer =
        way.proxy().api().command(way.name(), "record", Map.of("n", 1), "Prefer", "wait=5");
    return answer.text("state").equals("succeeded");
  }
}
